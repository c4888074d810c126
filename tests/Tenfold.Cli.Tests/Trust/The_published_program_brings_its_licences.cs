using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.Trust;

public sealed partial class The_published_program_brings_its_licences
{
    [Fact]
    public void Each_package_has_its_description_and_the_text_of_its_licence()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(Installed.Program))!;
        var packages = Directory.GetFiles(folder, "tenfold*.deps.json").SelectMany(Packages).Distinct().ToList();
        packages.Count.ShouldBeGreaterThan(20);
        foreach (var package in packages)
        {
            var own = Path.Combine(folder, "licenses", package);
            Directory.Exists(own).ShouldBeTrue(package);
            var description = File.ReadAllText(Directory.GetFiles(own, "*.nuspec").ShouldHaveSingleItem(package));
            var named = Expression().Match(description).Groups["name"].Value;
            (Directory.GetFiles(own).Length > 1 || File.Exists(Path.Combine(folder, "licenses", $"{named}.txt"))
                || LicenceAddress().IsMatch(description)).ShouldBeTrue($"{package}: {named}");
        }

        File.Exists(Path.Combine(folder, "LICENSE")).ShouldBeTrue();
    }

    // Packages without a file of their own, such as those that only bring others, are not listed there.
    private static IEnumerable<string> Packages(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        foreach (var target in document.RootElement.GetProperty("targets").EnumerateObject().ToList())
        {
            foreach (var library in target.Value.EnumerateObject())
            {
                var type = document.RootElement.GetProperty("libraries").GetProperty(library.Name).GetProperty("type").GetString();
                if (type is not ("package" or "runtimepack")) continue;
                if (!library.Value.TryGetProperty("runtime", out _) && !library.Value.TryGetProperty("native", out _)) continue;
                yield return library.Name.Replace("runtimepack.", "", StringComparison.Ordinal);
            }
        }
    }

    [GeneratedRegex("<license type=\"expression\">(?<name>[^<]+)<")]
    private static partial Regex Expression();

    // An older package names the address of its licence.
    [GeneratedRegex("<licenseUrl>https://github.com/[^<]+<")]
    private static partial Regex LicenceAddress();
}
