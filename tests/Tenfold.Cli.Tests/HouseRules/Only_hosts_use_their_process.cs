using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>
/// A server works for many users in one process. So the host passes its parts the user's variables and names, and decides what is printed.
/// </summary>
public sealed class Only_hosts_use_their_process
{
    private static readonly string[] Parts =
    [
        "Tenfold.Core", "Tenfold.App", "Tenfold.Agent", "Tenfold.Targets", "Tenfold.Aws", "Tenfold.Sql", "Tenfold.Reports",
        "Tenfold.Numerics", "Tenfold.Projects",
    ];

    // A member of the class Environment, and not of a property that is called Environment: `start.Environment.Keys`. .NET looks up a
    // program without a folder in the PATH of this process.
    private static readonly Regex Process = new(
        @"(?<![\w.])(System\.)?Environment\.(GetEnvironmentVariables?|ExpandEnvironmentVariables|GetFolderPath|SpecialFolder|UserName|"
        + @"UserDomainName|MachineName|CurrentDirectory)\b"
        + @"|\bnew ProcessStartInfo\(""|\bDirectory\.GetCurrentDirectory\b|(?<![\w.])(System\.)?Console\.\w|\bExitCodes\b");

    // Each exception, with the reason for it.
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["Tenfold.Sql/Postgres/PostgresAddress.cs"] = "Npgsql itself reads PGPASSWORD and its like from the process",
        ["Tenfold.Core/Control/LeaseHolder.cs"] = "a lease names the process and the machine that hold it, whoever the user is",
    };

    [Fact]
    public void No_part_below_a_host_reads_the_environment_prints_or_knows_exit_codes() =>
        Uses().Where(use => !Allowed.ContainsKey(use.File)).Select(use => $"{use.File}:{use.Line}: {use.Code}").ShouldBeEmpty();

    [Fact]
    public void Each_exception_is_still_needed() => Allowed.Keys.Except(Uses().Select(use => use.File)).ShouldBeEmpty();

    [Theory]
    [InlineData("var x = Environment.GetEnvironmentVariable(\"X\");", true)]
    [InlineData("For(names, System.Environment.GetEnvironmentVariables());", true)]
    [InlineData("Names.Select(Environment.GetEnvironmentVariable)", true)]
    [InlineData("$\"{Environment.MachineName}:{home}\"", true)]
    [InlineData("ProjectFinder.Find(Environment.CurrentDirectory)", true)]
    [InlineData("Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)", true)]
    [InlineData("const Environment.SpecialFolder profile = default;", true)]
    [InlineData("Environment.ExpandEnvironmentVariables(path)", true)]
    [InlineData("var start = new ProcessStartInfo(\"git\")", true)]
    [InlineData("var start = new ProcessStartInfo(program)", false)]
    [InlineData("Directory.GetCurrentDirectory()", true)]
    [InlineData("Console.Error.WriteLine(text);", true)]
    [InlineData("return ExitCodes.BadInput;", true)]
    [InlineData("start.Environment.Remove(name);", false)]
    [InlineData("session.Environment.GetValueOrDefault(name)", false)]
    [InlineData("Environment.ProcessorCount", false)]
    [InlineData("Environment.NewLine", false)]
    [InlineData("services.Session.MachineName", false)]
    [InlineData("// as Console.Write does", false)]
    [InlineData("/// <see cref=\"Console.Out\"/>", false)]
    public void A_use_of_the_process_is_recognised(string line, bool isUse) => IsUse(line).ShouldBe(isUse);

    private static bool IsUse(string line) => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Process.IsMatch(line);

    private static List<(string File, int Line, string Code)> Uses()
    {
        var source = Path.Combine(Installed.Repository, "src");
        var files = Parts.SelectMany(part => Directory.GetFiles(Path.Combine(source, part), "*.cs", SearchOption.AllDirectories)).ToList();
        files.Count.ShouldBeGreaterThan(300);
        return [.. files.SelectMany(file => File.ReadLines(file)
            .Select((code, index) => (File: Path.GetRelativePath(source, file).Replace('\\', '/'), Line: index + 1, Code: code.Trim()))
            .Where(use => IsUse(use.Code)))];
    }
}
