using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Tenfold.Cli.Tests.Trust;

/// <summary>See docs/decisions/0048.</summary>
public sealed class Packages_are_pinned_by_their_hashes : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_project_has_a_lock_file_with_the_hash_of_each_package()
    {
        var projects = new[] { "src", "tests" }.Select(folder => Path.Combine(Installed.Repository, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories)).ToList();
        projects.Count.ShouldBeGreaterThan(20);
        foreach (var project in projects)
        {
            var packages = Frameworks(File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")))
                .SelectMany(framework => framework).Where(package => (string?)package.Value!["type"] != "Project").ToList();
            packages.ShouldNotBeEmpty(project);
            packages.Where(package => ((string?)package.Value!["contentHash"] ?? "").Length < 80).ShouldBeEmpty(project);
        }
    }

    [Fact]
    public async Task A_package_with_other_content_is_refused()
    {
        var whole = await RestoreAsync(_ => { });
        whole.ExitCode.ShouldBe(0, whole.Output);
        var changed = await RestoreAsync(package => package["contentHash"] = $"AAAA{((string)package["contentHash"]!)[4..]}");
        changed.ExitCode.ShouldNotBe(0);
        changed.Output.ShouldContain("NU1403");
    }

    [Fact]
    public async Task A_package_that_the_lock_file_does_not_have_is_refused()
    {
        var more = await RestoreAsync(_ => { }, """<ItemGroup><PackageReference Include="MathNet.Numerics" /></ItemGroup>""");
        more.ExitCode.ShouldNotBe(0);
        more.Output.ShouldContain("NU1004");
    }

    // Restores a project with the repository's own settings, in a folder of its own.
    private async Task<(int ExitCode, string Output)> RestoreAsync(Action<JsonNode> change, string items = "")
    {
        var folder = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;
        foreach (var name in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json" })
            File.Copy(Path.Combine(Installed.Repository, name), Path.Combine(folder, name));
        await File.WriteAllTextAsync(Path.Combine(folder, "x.csproj"), $"""<Project Sdk="Microsoft.NET.Sdk">{items}</Project>""");
        var locked = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Installed.Repository, "src", "Tenfold.Numerics", "packages.lock.json")))!;
        var packages = locked["dependencies"]!["net10.0"]!.AsObject();
        packages.Remove("MathNet.Numerics").ShouldBeTrue();
        change(packages.First().Value!);
        await File.WriteAllTextAsync(Path.Combine(folder, "packages.lock.json"), locked.ToJsonString());
        using var restore = Process.Start(new ProcessStartInfo("dotnet", ["restore", "x.csproj"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = await restore.StandardOutput.ReadToEndAsync();
        await restore.WaitForExitAsync();
        return (restore.ExitCode, output);
    }

    private static IEnumerable<JsonObject> Frameworks(string file) =>
        JsonNode.Parse(file)!["dependencies"]!.AsObject().Select(framework => framework.Value!.AsObject());
}
