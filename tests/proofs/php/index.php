<?php echo hello();
