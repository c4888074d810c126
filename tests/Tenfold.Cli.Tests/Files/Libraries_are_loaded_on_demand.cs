using System.Diagnostics;

namespace Tenfold.Cli.Tests.Files;

public sealed class Libraries_are_loaded_on_demand
{
    [Fact]
    public async Task A_command_that_uses_no_bucket_loads_no_AWS_library()
    {
        var copy = Directory.CreateTempSubdirectory("tenfold-");
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Installed.Program)!))
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        var libraries = copy.GetFiles("AWSSDK.*.dll").Append(new FileInfo(Path.Combine(copy.FullName, "Tenfold.Aws.dll"))).ToList();
        libraries.Count.ShouldBeGreaterThan(2);
        // A program that loads an empty file fails.
        foreach (var library in libraries) File.WriteAllBytes(library.FullName, []);
        var start = new ProcessStartInfo(Path.Combine(copy.FullName, "tenfold"), ["runs"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TENFOLD_HOME"] = Path.Combine(copy.FullName, "home");
        using var process = Process.Start(start)!;
        var words = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await words);
        copy.Delete(recursive: true);
    }
}
