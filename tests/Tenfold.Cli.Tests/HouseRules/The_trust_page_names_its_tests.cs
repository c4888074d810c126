using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>Each row of docs/trust.md is true because tests show it.</summary>
public sealed partial class The_trust_page_names_its_tests
{
    [Fact]
    public void Each_row_names_tests_that_exist()
    {
        var rows = File.ReadLines(Path.Combine(Installed.Repository, "docs", "trust.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();
        rows.Count.ShouldBeGreaterThan(8);
        var tests = Directory.EnumerateFiles(Path.Combine(Installed.Repository, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Names().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value).ToHashSet();
        foreach (var row in rows)
        {
            var named = Quoted().Matches(row.Split('|')[4]).Select(match => match.Groups["name"].Value).ToList();
            named.ShouldNotBeEmpty(row);
            named.Except(tests).ShouldBeEmpty(row);
        }
    }

    [GeneratedRegex(@"(class|Task|void) (?<name>[A-Z]\w+)")]
    private static partial Regex Names();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z_]+)`")]
    private static partial Regex Quoted();
}
