using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>
/// A server answers a refused request like any other. So the application layer returns refusals, and what it throws is a bug. Transport
/// that broke and cancellation pass through it.
/// </summary>
public sealed class App_returns_refusals_as_values
{
    private static readonly Regex Throw = new(@"\bthrow\b(?! new UnreachableException\()|\.Throw(If\w+)?\(");

    [Fact]
    public void App_throws_only_for_bugs()
    {
        var source = Path.Combine(Installed.Repository, "src");
        var files = Directory.GetFiles(Path.Combine(source, "Tenfold.App"), "*.cs", SearchOption.AllDirectories);
        files.Length.ShouldBeGreaterThan(40);
        files.SelectMany(file => File.ReadLines(file).Select((code, index) => (Path: file, Number: index + 1, Code: code)))
            .Where(line => Throws(line.Code))
            .Select(line => $"{Path.GetRelativePath(source, line.Path)}:{line.Number}: {line.Code.Trim()}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("throw new StoreException($\"'{url}' is not a store\");", true)]
    [InlineData("?? throw refusal.ToException();", true)]
    [InlineData("throw;", true)]
    [InlineData("ArgumentNullException.ThrowIfNull(url);", true)]
    [InlineData("round.LocalFault?.Throw();", true)]
    [InlineData("_ => throw new UnreachableException($\"no case: {this}\"),", false)]
    [InlineData("// The agent doesn't throw it.", false)]
    [InlineData("/// <summary>Never throws.</summary>", false)]
    [InlineData("return Refusal.BadInput(message);", false)]
    public void A_throw_is_recognised(string line, bool isThrow) => Throws(line).ShouldBe(isThrow);

    private static bool Throws(string line) => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Throw.IsMatch(line);
}
