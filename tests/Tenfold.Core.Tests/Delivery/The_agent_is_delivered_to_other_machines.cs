using System.Diagnostics;
using Tenfold.Core.Delivery;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Delivery;

public sealed class The_agent_is_delivered_to_other_machines : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tenfold-").FullName;

    public The_agent_is_delivered_to_other_machines()
    {
        Write("program/tenfold", "#!/bin/sh\necho \"agent $* $(cat \"$(dirname \"$0\")/deep/part\")\"\n");
        Write("program/libcoreclr.so", "the runtime");
        Write("program/deep/part", "whole");
        Write("program/tenfold.pdb", "for debuggers");
        Write("program/samples/a", "a sample");
        File.SetUnixFileMode($"{_folder}/program/tenfold", (UnixFileMode)0b111_101_101);
    }

    private AgentBundle Bundle => new($"{_folder}/program", $"{_folder}/index", TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Concurrent_deliveries_put_the_agent_into_a_shared_folder_once()
    {
        Task<AgentLaunch> CopyAsync() =>
            Task.Run(async () => (await Bundle.PutInFolderAsync($"{_folder}/it's shared", CancellationToken.None)).Value());
        var launches = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CopyAsync()));
        launches.Distinct().ShouldHaveSingleItem();
        var version = Directory.GetFileSystemEntries($"{_folder}/it's shared/agents").ShouldHaveSingleItem();
        var files = Directory.GetFiles(version, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(version, path));
        files.Order().ShouldBe(["deep/part", "libcoreclr.so", "tenfold"]);
        (await RunAsync(launches[0])).Output.ShouldBe("agent run whole\n");
    }

    // Whoever can write to a bucket could else choose what every job executes.
    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"key":"agents/%/evil.tar.gz","sha256":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"key":"agents/%/$(touch pwned).tar.gz","sha256":"0; touch pwned; echo "}""")]
    public async Task Nothing_that_lies_in_the_store_decides_what_a_job_executes(string description)
    {
        var id = Bundle.Version(CancellationToken.None).Value();
        Write($"store/agents/{id}/archive.json", description.Replace("%", id, StringComparison.Ordinal));
        Write($"store/agents/{id}/evil.tar.gz", "evil");
        var launch = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        launch.Preamble.ShouldNotContain("evil");
        launch.Preamble.ShouldNotContain("pwned");
        (await RunAsync(launch)).Output.ShouldBe("agent run whole\n");
        // The digest is known here from now on, and the store is not even read.
        var again = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        again.ShouldBe(launch);
        (await Bundle.ArchiveOfAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value().Sha256.Length.ShouldBe(64);
    }

    [Fact]
    public async Task An_archive_that_was_exchanged_in_the_store_is_not_executed()
    {
        var launch = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        var archive = Directory.GetFiles($"{_folder}/store/agents", "*.tar.gz", SearchOption.AllDirectories).ShouldHaveSingleItem();
        File.WriteAllText(archive, "evil");
        var run = await RunAsync(launch);
        (run.Output, run.ExitCode).ShouldBe(("", 69));
    }

    [Theory]
    [InlineData(0b111_111_111)]
    [InlineData(0b10_111_111_101)]
    public async Task A_folder_in_which_others_may_write_gets_an_archive_with_a_digest(int mode)
    {
        Directory.CreateDirectory($"{_folder}/team");
        File.SetUnixFileMode($"{_folder}/team", (UnixFileMode)mode);
        var launch = (await Bundle.PutInFolderAsync($"{_folder}/team", CancellationToken.None)).Value();
        launch.Preamble.ShouldContain("tenfold_sha256=");
        (await RunAsync(launch)).Output.ShouldBe("agent run whole\n");
        (await Bundle.LaunchOfAsync($"{_folder}/team", CancellationToken.None)).Value().ShouldBe(launch);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Libraries_that_it_never_loads_are_not_delivered(bool isInStore)
    {
        Write("program/Large.dll", "large");
        Write("program/Needed.dll", "needed");
        var bundle = new AgentBundle($"{_folder}/program", $"{_folder}/index", TimeProvider.System) { LeftOut = ["Large.dll"] };
        var launch = isInStore
            ? (await bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value()
            : (await bundle.PutInFolderAsync($"{_folder}/node", CancellationToken.None)).Value();
        (await RunAsync(launch)).Output.ShouldBe("agent run whole\n");
        var version = Directory.GetDirectories($"{_folder}/node/agents").ShouldHaveSingleItem();
        File.Exists($"{version}/Large.dll").ShouldBeFalse();
        File.Exists($"{version}/Needed.dll").ShouldBeTrue();
    }

    // Several programs share a folder and its runtime. Each lists its own libraries.
    [Fact]
    public async Task Libraries_of_another_program_in_the_folder_are_not_delivered()
    {
        foreach (var file in new[] { "Web.dll", "Shared.dll", "other", "other.dll", "de/Web.resources.dll", "de/Shared.resources.dll" })
            Write($"program/{file}", "library");
        Write("program/tenfold.dll", "itself");
        Write("program/tenfold.runtimeconfig.json", "{}");
        Write("program/tenfold.deps.json", """
            {"targets": {"net/linux": {
              "Shared/1": {"runtime": {"lib/net10.0/Shared.dll": {}}, "resources": {"lib/net10.0/de/Shared.resources.dll": {}}},
              "runtime/1": {"native": {"runtimes/linux/native/libcoreclr.so": {}}}, "empty/1": {}}}}
            """);
        _ = (await Bundle.PutInFolderAsync($"{_folder}/node", CancellationToken.None)).Value();
        var version = Directory.GetDirectories($"{_folder}/node/agents").ShouldHaveSingleItem();
        Directory.GetFiles(version, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(version, path))
            .Order(StringComparer.Ordinal).ShouldBe(
            [
                "Shared.dll", "de/Shared.resources.dll", "libcoreclr.so", "tenfold", "tenfold.deps.json", "tenfold.dll",
                "tenfold.runtimeconfig.json",
            ]);
    }

    [Fact]
    public async Task Each_version_has_its_own_folder()
    {
        var first = (await Bundle.PutInFolderAsync($"{_folder}/shared", CancellationToken.None)).Value();
        Write("program/deep/part", "newer");
        var second = (await Bundle.PutInFolderAsync($"{_folder}/shared", CancellationToken.None)).Value();
        (await RunAsync(first)).Output.ShouldBe("agent run whole\n");
        (await RunAsync(second)).Output.ShouldBe("agent run newer\n");
    }

    [Fact]
    public async Task Each_machine_fetches_the_agent_once_from_a_store_in_a_folder()
    {
        var launch = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        var runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RunAsync(launch)));
        runs.ShouldAllBe(run => run.Output == "agent run whole\n" && run.ExitCode == 0);
        Directory.GetDirectories($"{_folder}/node/agents").ShouldHaveSingleItem();
        Directory.GetFiles($"{_folder}/node/agents").Select(Path.GetExtension).Order().ShouldBe([".lock", ".use"]);
        // The machine has the agent, and does not need the store again.
        Directory.Delete($"{_folder}/store", recursive: true);
        (await RunAsync(launch)).Output.ShouldBe("agent run whole\n");
    }

    [Fact]
    public async Task The_link_to_the_agent_is_not_shown_by_ps()
    {
        using var server = new LinkServer($"{_folder}/store");
        var launch = (await Bundle.PutInStoreAsync(server, CancellationToken.None)).Value();
        server.Refusals = 1;
        var run = await RunAsync(launch);
        (run.Output, run.ExitCode).ShouldBe(("agent run whole\n", 0), run.Errors);
        server.Served.ShouldBe(1);
    }

    [Theory]
    [InlineData("deep/part")]
    [InlineData("tenfold")]
    public async Task Files_that_a_machine_removed_are_added_again_and_no_other_file_is_touched(string purged)
    {
        var launch = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        (await RunAsync(launch)).ExitCode.ShouldBe(0);
        var version = Directory.GetDirectories($"{_folder}/node/agents").ShouldHaveSingleItem();
        var made = DateTime.UnixEpoch.AddDays(1000);
        File.SetLastWriteTimeUtc($"{version}/libcoreclr.so", made);
        File.SetLastAccessTimeUtc($"{version}/libcoreclr.so", made);
        File.Delete($"{version}/{purged}");
        File.SetLastWriteTimeUtc($"{version}.use", DateTime.UtcNow.AddDays(-11));
        var run = await RunAsync(launch);
        (run.Output, run.ExitCode).ShouldBe(("agent run whole\n", 0), run.Errors);
        File.GetLastWriteTimeUtc($"{version}/libcoreclr.so").ShouldBe(made);
        Directory.GetFileSystemEntries($"{_folder}/node/agents").Order().ShouldBe([version, $"{version}.lock", $"{version}.use"]);

        // All files are touched once a day, so that the machine does not remove them.
        File.SetLastWriteTimeUtc($"{version}.use", DateTime.UtcNow.AddDays(-2));
        (await RunAsync(launch)).ExitCode.ShouldBe(0);
        File.GetLastAccessTimeUtc($"{version}/libcoreclr.so").ShouldBeGreaterThan(made);
        File.GetLastWriteTimeUtc($"{version}.use").ShouldBeGreaterThan(DateTime.UtcNow.AddDays(-1));
    }

    [Fact]
    public async Task A_changed_archive_is_refused()
    {
        var launch = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        var archive = Directory.GetFiles($"{_folder}/store/agents", "*.tar.gz", SearchOption.AllDirectories).ShouldHaveSingleItem();
        File.WriteAllText(archive, "something else");
        var run = await RunAsync(launch);
        run.ExitCode.ShouldBe(69);
        run.Errors.ShouldContain("is damaged");
        Directory.GetDirectories($"{_folder}/node/agents").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_that_cannot_connect_to_the_store_says_so_in_the_jobs_output()
    {
        var launch = (await Bundle.PutInStoreAsync(new FolderStore($"{_folder}/store"), CancellationToken.None)).Value();
        Directory.Delete($"{_folder}/store", recursive: true);
        var run = await RunAsync(launch, ("TENFOLD_FETCH_TRIES", "1"));
        run.ExitCode.ShouldBe(69);
        run.Errors.ShouldContain($"could not be fetched from the store {_folder}/store");
    }

    [Theory]
    [InlineData("curl", 403, 70, "refuses to give the agent (HTTP 403)")]
    [InlineData("curl", 400, 70, "no longer than the credentials that signed it")]
    [InlineData("curl", 404, 70, "no longer has the agent (HTTP 404)")]
    [InlineData("wget", 403, 70, "refuses to give the agent (HTTP 403")]
    [InlineData("wget", 404, 70, "no longer has the agent (HTTP 404)")]
    [InlineData("python3", 403, 70, "refuses to give the agent (HTTP 403)")]
    [InlineData("python3", 404, 70, "no longer has the agent (HTTP 404)")]
    public async Task A_permanent_refusal_of_the_store_is_not_retried(string program, int status, int exitCode, string words)
    {
        using var server = new LinkServer($"{_folder}/store") { Status = status };
        var launch = (await Bundle.PutInStoreAsync(server, CancellationToken.None)).Value();
        var run = await RunAsync(launch, ("PATH", With(program)));
        run.ExitCode.ShouldBe(exitCode, run.Errors);
        run.Errors.ShouldContain(words);
        run.Errors.ShouldNotContain("X-Amz-Signature");
        server.Asked.ShouldBe(1);
        Directory.GetFiles($"{_folder}/node/agents").ShouldAllBe(path => path.EndsWith(".lock"));
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("wget")]
    [InlineData("python3")]
    public async Task Curl_wget_or_python_is_enough(string program)
    {
        using var server = new LinkServer($"{_folder}/store");
        var run = await RunAsync((await Bundle.PutInStoreAsync(server, CancellationToken.None)).Value(), ("PATH", With(program)));
        (run.Output, run.ExitCode).ShouldBe(("agent run whole\n", 0), run.Errors);
    }

    // A folder of all the programs of this machine, but with one downloader alone.
    private string With(string program)
    {
        var folder = Directory.CreateDirectory($"{_folder}/bin-{program}").FullName;
        foreach (var path in Directory.EnumerateFiles("/usr/bin"))
        {
            var name = Path.GetFileName(path);
            if (name == program || name is not ("curl" or "wget" or "python3")) File.CreateSymbolicLink($"{folder}/{name}", path);
        }

        return folder;
    }

    [Fact]
    public async Task A_program_that_needs_NET_beside_it_is_not_copied()
    {
        File.Delete($"{_folder}/program/libcoreclr.so");
        var refusal = (await Bundle.PutInFolderAsync($"{_folder}/shared", CancellationToken.None)).Refusal();
        (refusal.Kind, refusal.Message.Contains("./build")).ShouldBe((RefusalKind.Unavailable, true));
    }

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{_folder}/{path}")!);
        File.WriteAllText($"{_folder}/{path}", content);
    }

    // Runs the agent as a job's script does, with the programs that every Linux has.
    private async Task<(string Output, string Errors, int ExitCode)> RunAsync(
        AgentLaunch launch, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{launch.Preamble}exec {launch.Program} run\n"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["TENFOLD_SCRATCH"] = $"{_folder}/node";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output, await errors, process.ExitCode);
    }
}
