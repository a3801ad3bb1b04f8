#include <boost/program_options.hpp>
#include <fmt/core.h>
#include <fstream>
#include <iostream>
#include <string>

namespace po = boost::program_options;

int main(int count, char **words) {
    po::options_description options;
    options.add_options()("name", po::value<std::string>()->default_value("nobody"), "whom to greet");
    po::variables_map values;
    po::store(po::parse_command_line(count, words, options), values);
    std::ifstream greeting("/work/greeting.txt");
    std::string word;
    if (!(greeting >> word)) return 1;
    std::cout << fmt::format("{}, {}\n", word, values["name"].as<std::string>());
}
