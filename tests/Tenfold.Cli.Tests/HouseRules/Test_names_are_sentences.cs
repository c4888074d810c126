using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>A failed test is read in a log, without its class. So its name alone says what should have happened.</summary>
public sealed class Test_names_are_sentences
{
    // A name that begins with one of these continues another sentence, or turns its own around.
    private static readonly string[] Fragments =
    [
        "And", "Or", "Nor", "But", "Of", "What", "Whatever", "Which", "Who", "Whoever", "Whose", "Where", "Wherever", "However",
        "Also", "Not",
    ];

    private static readonly Regex Declaration = new(@"\b(?:class|record|struct|interface|enum) (?:struct |class )?(\w+)");

    private static readonly Regex Test = new(@"\[(?:Fact|Theory)\b[\s\S]*?\n\s*public (?:static )?(?:async )?\w+ (\w+)\(");

    [Fact]
    public void A_tests_name_is_no_fragment()
    {
        var names = Sources().SelectMany(file => NamesIn(File.ReadAllText(file))).ToList();
        names.Count.ShouldBeGreaterThan(1000);
        names.Where(IsFragment).ShouldBeEmpty();
    }

    [Fact]
    public void The_name_of_a_class_of_tests_is_no_fragment() =>
        Sources().Select(file => Path.GetFileName(file).Split('.')[0]).Where(name => name.Contains('_')).Where(IsFragment).ShouldBeEmpty();

    // HolmTests has the unit tests of the class Holm, and no others.
    [Fact]
    public void A_class_of_tests_has_a_sentence_for_its_name_or_the_name_of_the_type_that_it_tests()
    {
        var source = Path.Combine(Installed.Repository, "src");
        var types = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Declaration.Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        types.Count.ShouldBeGreaterThan(500);
        Sources().Where(file => NamesIn(File.ReadAllText(file)).Any()).Select(file => Path.GetFileName(file).Split('.')[0])
            .Where(name => !name.Contains('_') && !name.EndsWith("Conformance", StringComparison.Ordinal)
                && !(name.EndsWith("Tests", StringComparison.Ordinal) && types.Contains(name[..^5])))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[Fact]\n    public async Task And_it_ends()\n", "And_it_ends", true)]
    [InlineData("[Theory]\n    [InlineData(1)]\n    public void What_ends_is_reported(int x) =>\n", "What_ends_is_reported", true)]
    [InlineData("[Fact]\n    public void Alone()\n", "Alone", true)]
    [InlineData("[Fact(Timeout = 1)]\n    public Task An_end_is_reported() =>\n", "An_end_is_reported", false)]
    [InlineData("[Fact]\n    public void Nothing_is_lost() =>\n", "Nothing_is_lost", false)]
    public void A_fragment_is_recognised(string source, string name, bool isFragment)
    {
        NamesIn(source).ShouldBe([name]);
        IsFragment(name).ShouldBe(isFragment);
    }

    private static bool IsFragment(string name) => name.Split('_') is var words && (words.Length < 2 || Fragments.Contains(words[0]));

    private static IEnumerable<string> NamesIn(string source) => Test.Matches(source).Select(match => match.Groups[1].Value);

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Installed.Repository, "tests"), "*.cs", SearchOption.AllDirectories);
}
