using System.IO.Compression;
using System.Security.Cryptography;
using Tenfold.Core.Attempts;
using Tenfold.Core.Environments;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class A_stored_environment_runs_on_another_machine : IDisposable
{
    private const string Wheel = "tiny_wheel-1.0-py3-none-any.whl";
    private const string Command =
        "python3 -c 'import tiny_wheel, sys; print(tiny_wheel.VALUE, sys.prefix == \"'$VIRTUAL_ENV'\")'; pip --version | cut -c 1-3; "
        + "python3 -v -c 'import tiny_wheel' 2>&1 | grep -q 'tiny_wheel.*pyc matches' && echo compiled";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_virtual_environment_works_where_it_was_fetched_and_a_damaged_one_is_built_again()
    {
        WriteWheel();
        var (first, built) = await RunAsync();
        first.State.ShouldBe(AttemptState.Succeeded, first.Reason.Words());
        built.ShouldContain(line => line.Contains(" -m venv "));
        var (second, fetched) = await RunAsync();
        fetched.ShouldContain("from the wheel True");
        fetched.ShouldContain("pip");
        fetched.ShouldContain("compiled", "compiled files are valid only if their sources keep their times");
        fetched.ShouldContain(line => line.Contains("fetched the environment of requirements.txt"));
        fetched.ShouldNotContain(line => line.Contains(" -m venv "));
        second.Warnings.ShouldBeEmpty();
        await foreach (var entry in _machine.Store.ListAsync(StoredEnvironment.Folder, CancellationToken.None))
            if (entry.Key.EndsWith(".tar.gz", StringComparison.Ordinal))
                await _machine.Store.WriteAsync(entry.Key, "damaged"u8.ToArray(), CancellationToken.None);
        var (third, again) = await RunAsync();
        third.State.ShouldBe(AttemptState.Succeeded, third.Reason.Words());
        third.Warnings.ShouldHaveSingleItem().ShouldBeOfType<Warning.EnvironmentRefused>();
        again.ShouldContain(line => line.Contains(" -m venv "));
    }

    private void WriteWheel()
    {
        _machine.Write("requirements.txt", "");
        using var wheel = ZipFile.Open(_machine.Folder[$"project/{Wheel}"], ZipArchiveMode.Create);
        Add("tiny_wheel.py", "VALUE = 'from the wheel'\n");
        Add("tiny_wheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n");
        Add("tiny_wheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Add("tiny_wheel-1.0.dist-info/RECORD", "");

        void Add(string name, string content)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    private async Task<(AttemptReport Report, IReadOnlyList<string> Log)> RunAsync()
    {
        _machine.Write("requirements.txt", $"--no-index\n./{Wheel}\n");
        var spec = await _machine.SpecAsync(Command) with
        {
            Environment = new EnvironmentSpec("requirements", "requirements.txt", "aa"),
            Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        };
        var assignment = await Node.SubmitAsync(_machine.Store, _machine.Assign(spec, group: RunNames.NewGroup())[0]);
        using var node = new Node(_machine.Store, ("PATH", "/usr/bin:/bin"));
        var disk = _machine.Folder["disk"];
        if (Directory.Exists(disk)) Directory.Delete(disk, recursive: true);
        node.Settings = node.Settings with { Home = disk, EnvironmentKey = Convert.ToHexStringLower(SHA256.HashData("a user"u8)) };
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue(string.Join('\n', node.Said));
        var log = (await _machine.LogAsync(assignment.Attempt)).Select(line => line.Text).ToList();
        return (await _machine.ReportAsync(assignment.Attempt), log);
    }
}
