using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>The direction of references, and the rules of style that the compiler does not enforce.</summary>
public sealed class Architecture_and_style
{
    private const int LongestLine = 140, LongestFile = 300, Shown = 20;

    private static readonly string[] Adapters = ["Tenfold.Agent", "Tenfold.Aws", "Tenfold.Sql", "Tenfold.Targets"];

    // Hosts → App, Reports → adapters, Projects → Core → Numerics. A new project is added here, with the projects that it may refer to.
    private static readonly Dictionary<string, string[]> MayReferTo = new()
    {
        ["Tenfold.Numerics"] = [],
        ["Tenfold.Core"] = ["Tenfold.Numerics"],
        ["Tenfold.Projects"] = ["Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Agent"] = ["Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Aws"] = ["Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Sql"] = ["Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Targets"] = ["Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Reports"] = ["Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.App"] = [.. Adapters, "Tenfold.Reports", "Tenfold.Projects", "Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Gateway"] = ["Tenfold.App", "Tenfold.Reports", .. Adapters, "Tenfold.Projects", "Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Server"] = ["Tenfold.App", "Tenfold.Reports", .. Adapters, "Tenfold.Projects", "Tenfold.Core", "Tenfold.Numerics"],
        ["Tenfold.Cli"] = ["Tenfold.App", "Tenfold.Reports", .. Adapters, "Tenfold.Projects", "Tenfold.Core", "Tenfold.Numerics"],
    };

    private static readonly Dictionary<string, string[]> MayUsePackages = new()
    {
        ["Tenfold.Numerics"] = ["MathNet.Numerics"],
        ["Tenfold.Core"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Tenfold.Projects"] = ["Cronos", "YamlDotNet"],
    };

    // The hosts' assemblies are named after their programs.
    private static readonly Dictionary<string, string> Programs = new()
    {
        ["Tenfold.Cli"] = "tenfold",
        ["Tenfold.Gateway"] = "tenfold-gateway",
        ["Tenfold.Server"] = "tenfold-server",
    };

    // Each longer file, with the reason for it.
    private static readonly Dictionary<string, string> LongFiles = new()
    {
        ["samples/digits/train.cs"] = "a sample is one file, which its users copy",
    };

    // The hosts compile one source file, since neither may refer to the other.
    private static readonly string[] SharedByHosts = ["CommandException", "ExitCodes", "OutcomeExtensions", "ProcessServices"];

    private static readonly string[] EmptyNames = ["Manager", "Helper", "Utils", "Util", "Common", "Impl"];

    private static string Source => Path.Combine(Installed.Repository, "src");

    public static TheoryData<string> Projects => [.. ProjectFiles().Select(path => Path.GetFileNameWithoutExtension(path)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_the_projects_below_it(string project)
    {
        MayReferTo.ShouldContainKey(project, $"{project} is new: say in this test what it may refer to");
        References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .ShouldBeSubsetOf(MayReferTo[project]);
        Load(project).GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("Tenfold", StringComparison.Ordinal))
            .ShouldBeSubsetOf(MayReferTo[project]);
    }

    [Theory]
    [InlineData("Tenfold.Numerics")]
    [InlineData("Tenfold.Core")]
    [InlineData("Tenfold.Projects")]
    public void The_inner_projects_use_only_approved_packages(string project)
    {
        References(project, "PackageReference").ShouldBeSubsetOf(MayUsePackages[project]);
        Load(project).GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.Win32", StringComparison.Ordinal))
            .Where(name => !name.StartsWith("Tenfold", StringComparison.Ordinal))
            .ShouldBeSubsetOf(MayUsePackages[project]);
    }

    [Fact]
    public void Adapters_do_not_reference_each_other()
    {
        foreach (var adapter in Adapters) MayReferTo[adapter].Intersect(Adapters).ShouldBeEmpty(adapter);
    }

    // Each target is an adapter of its own, although several share a project.
    [Theory]
    [InlineData("Tenfold.Targets", "Local", "Slurm")]
    [InlineData("Tenfold.Aws", "Batch", "Ec2")]
    public void Targets_of_a_project_do_not_reference_each_other(string project, params string[] known)
    {
        var references = new FolderReferences(Path.Combine(Source, project));
        var targets = references.Folders.Where(folder => IsOfTarget(Path.Combine(Source, project, folder))).ToList();
        known.ShouldBeSubsetOf(targets);
        foreach (var target in targets) references.Of(target).Intersect(targets.Except([target])).ShouldBeEmpty(target);
    }

    private static bool IsOfTarget(string folder) => Directory.EnumerateFiles(folder, "*Kind.cs").Any();

    [Fact]
    public void No_source_file_is_too_long() =>
        Sources("src", "tests", "bench", "samples").Where(file => File.ReadLines(file).Count() > LongestFile)
            .Select(file => Path.GetRelativePath(Installed.Repository, file).Replace('\\', '/'))
            .ShouldBe(LongFiles.Keys, ignoreOrder: true);

    [Fact]
    public void No_line_is_too_long() =>
        Sources("src", "tests", "bench", "samples").SelectMany(LongLines).Take(Shown).ShouldBeEmpty();

    [Fact]
    public void No_summary_begins_with_The_same() =>
        Sources("src").Where(file => File.ReadAllText(file).Contains("<summary>The same", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void No_type_has_a_meaningless_name() =>
        Types().Where(type => Regex.Matches(type.Name, "[A-Z][a-z]+").Select(match => match.Value).Intersect(EmptyNames).Any())
            .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void No_two_types_share_a_name() =>
        Types().Where(type => !type.IsNested && type.Name != "Program" && !SharedByHosts.Contains(type.Name))
            .GroupBy(type => type.Name).Where(same => same.Count() > 1)
            .Select(same => string.Join(", ", same.Select(type => type.FullName))).ShouldBeEmpty();

    [Fact]
    public void Namespaces_match_folders()
    {
        foreach (var file in Sources("src"))
        {
            var found = File.ReadLines(file).Select(line => Regex.Match(line, @"^namespace ([\w.]+);"))
                .FirstOrDefault(match => match.Success);
            if (found is null)
            {
                Path.GetFileName(file).ShouldBe("Program.cs", $"{file} has no file-scoped namespace");
                continue;
            }

            found.Groups[1].Value.ShouldBe(Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Replace('/', '.'), file);
        }
    }

    [Fact]
    public void Program_is_short()
    {
        foreach (var project in Programs.Keys)
            File.ReadLines(Path.Combine(Source, project, "Program.cs")).Count().ShouldBeLessThanOrEqualTo(40, project);
    }

    // A test's line of data may be longer: a line of a raw string, or a theory's row.
    private static IEnumerable<string> LongLines(string file)
    {
        var (number, isRaw, isTest) = (0, false, file.StartsWith(Path.Combine(Installed.Repository, "tests"), StringComparison.Ordinal));
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var quotes = Regex.Count(line, "\"\"\"+");
            var isData = isTest && (isRaw || quotes > 0 || line.TrimStart().StartsWith("[InlineData(", StringComparison.Ordinal));
            if (quotes % 2 == 1) isRaw = !isRaw;
            if (line.Length > LongestLine && !isData) yield return $"{Path.GetRelativePath(Installed.Repository, file)}:{number}";
        }
    }

    private static List<Type> Types()
    {
        var types = MayReferTo.Keys.SelectMany(project => Load(project).GetTypes())
            .Where(type => type.FullName!.StartsWith("Tenfold", StringComparison.Ordinal) && !type.Name.Contains('<'))
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null).ToList();
        types.Count.ShouldBeGreaterThan(300);
        return types;
    }

    private static Assembly Load(string project) => Assembly.Load(Programs.GetValueOrDefault(project, project));

    private static string[] ProjectFiles() => Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories);

    private static List<string> Sources(params string[] folders)
    {
        var files = folders.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Installed.Repository, folder), "*.cs", SearchOption.AllDirectories)).ToList();
        files.Count.ShouldBeGreaterThan(100);
        return files;
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Source, project, $"{project}.csproj")).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);
}
