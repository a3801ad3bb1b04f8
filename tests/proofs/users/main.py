print(open("/home/app/data/index", "ab").tell() + open("/home/app/table", "rb").seek(0, 2))
