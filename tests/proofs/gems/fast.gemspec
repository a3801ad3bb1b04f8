Gem::Specification.new do |s|
  s.name = "fast"
  s.version = "1.0"
  s.summary = "answers"
  s.authors = ["x"]
  s.files = ["ext/fast/fast.c", "ext/fast/extconf.rb", "lib/fast.rb"]
  s.extensions = ["ext/fast/extconf.rb"]
end
