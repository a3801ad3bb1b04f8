int device_count(void);
