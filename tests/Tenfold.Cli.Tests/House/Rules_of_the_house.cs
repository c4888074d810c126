using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tenfold.Reports.Groups;

namespace Tenfold.Cli.Tests.House;

/// <summary>The direction of references, and the rules that a compiler does not hold (design.md, style.md).</summary>
public sealed class Rules_of_the_house
{
    // Each project with the projects it may know. A new project is added here, and so thought about.
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Tenfold.Core"] = [],
        ["Tenfold.Agent"] = ["Tenfold.Core"],
        ["Tenfold.Aws"] = ["Tenfold.Core"],
        ["Tenfold.Sql"] = ["Tenfold.Core"],
        ["Tenfold.Targets"] = ["Tenfold.Core"],
        ["Tenfold.Cli"] = ["Tenfold.Core", "Tenfold.Agent", "Tenfold.Aws", "Tenfold.Sql", "Tenfold.Targets"],
    };

    private static readonly string[] CoreMayUse = ["YamlDotNet", "MathNet.Numerics"];

    private static readonly string[] Adapters = ["Tenfold.Agent", "Tenfold.Aws", "Tenfold.Sql", "Tenfold.Targets"];

    private static readonly string[] BannedWords = ["Manager", "Helper", "Utils", "Util", "Common", "Impl"];

    private static string Source => Path.Combine(Installed.Repository, "src");

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_file_names_only_projects_that_it_may_know(string project)
    {
        MayKnow.ShouldContainKey(project, $"{project} is new: say in this test what it may know");
        References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!).ShouldBeSubsetOf(MayKnow[project]);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_assembly_refers_only_to_projects_that_it_may_know(string project)
    {
        var assembly = Assembly.Load(project == "Tenfold.Cli" ? "tenfold" : project);
        var referred = assembly.GetReferencedAssemblies().Select(name => name.Name!).ToList();
        referred.Where(name => name.StartsWith("Tenfold", StringComparison.Ordinal)).ShouldBeSubsetOf(MayKnow[project]);
        if (project == "Tenfold.Core") referred.Where(name => !name.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft.Win32", StringComparison.Ordinal)).ShouldBeSubsetOf(CoreMayUse);
    }

    [Fact]
    public void Core_uses_only_packages_that_are_agreed_on() =>
        References("Tenfold.Core", "PackageReference").ShouldBeSubsetOf(CoreMayUse);

    [Fact]
    public void Adapters_never_see_each_other()
    {
        foreach (var adapter in Adapters) MayKnow[adapter].Intersect(Adapters).ShouldBeEmpty(adapter);
        // A folder of targets is an adapter too: none names another one's namespace.
        var folders = Directory.GetDirectories(Path.Combine(Source, "Tenfold.Targets")).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).ToList();
        foreach (var folder in folders)
            foreach (var file in Directory.GetFiles(Path.Combine(Source, "Tenfold.Targets", folder!), "*.cs", SearchOption.AllDirectories))
                foreach (var other in folders.Where(other => other != folder))
                    File.ReadAllText(file).ShouldNotContain($"Tenfold.Targets.{other}", Case.Sensitive, file);
    }

    [Fact]
    public void No_source_file_is_longer_than_500_lines()
    {
        var files = Sources().ToList();
        files.Count.ShouldBeGreaterThan(100);
        files.Where(file => File.ReadLines(file).Count() > 500).ShouldBeEmpty();
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var types = MayKnow.Keys.SelectMany(project => Assembly.Load(project == "Tenfold.Cli" ? "tenfold" : project).GetTypes())
            .Where(type => !type.Name.Contains('<') && type.FullName!.StartsWith("Tenfold", StringComparison.Ordinal)).ToList();
        types.Count.ShouldBeGreaterThan(100);
        types.Where(type => Words(type.Name).Intersect(BannedWords).Any()).Select(type => type.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void Namespaces_match_folders()
    {
        foreach (var file in Sources().Where(file => file.StartsWith(Source, StringComparison.Ordinal)))
        {
            var found = File.ReadLines(file).Select(line => Regex.Match(line, @"^namespace ([\w.]+);")).FirstOrDefault(match => match.Success);
            if (found is null)
            {
                Path.GetFileName(file).ShouldBe("Program.cs", $"{file} has no file-scoped namespace");
                continue;
            }

            found.Groups[1].Value.ShouldBe(Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Replace('/', '.'), file);
        }
    }

    [Fact]
    public void Program_is_short() => File.ReadLines(Path.Combine(Source, "Tenfold.Cli", "Program.cs")).Count().ShouldBeLessThanOrEqualTo(40);

    private static IEnumerable<string> Sources() =>
        new[] { "src", "tests", "bench", "samples" }.Select(folder => Path.Combine(Installed.Repository, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"));

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Source, project, $"{project}.csproj")).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);

    private static IEnumerable<string> Words(string name) => Regex.Matches(name, "[A-Z][a-z]+").Select(match => match.Value);
}
