using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Environments;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>Machines with fresh disks and equal paths. Their environments are a few files, so that building one takes no time.</summary>
public sealed partial class An_environment_is_stored_once : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly byte[] KeyBytes = SHA256.HashData("a user"u8);
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;
    private readonly ConcurrentQueue<string> _notes = [];
    private readonly List<Warning> _warnings = [];
    private int _builds;
    private string? _failure;

    public An_environment_is_stored_once() => _store = new FolderStore(_folder["store"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_machine_fetches_what_the_first_has_built()
    {
        await RunAsync("home");
        var path = await RunAsync("home");
        _builds.ShouldBe(1);
        _warnings.ShouldBeEmpty();
        _notes.ShouldContain(note => note.StartsWith("fetched the environment of requirements.txt, which a-1-1 built"));
        new FileInfo($"{path}/bin/python3").LinkTarget.ShouldBe(Python);
        new FileInfo($"{path}/lib64").LinkTarget.ShouldBe("lib");
        (await File.ReadAllTextAsync($"{path}/lib/module.py")).ShouldBe("VALUE = 7\n");
        // Python compares this time with its compiled files.
        File.GetLastWriteTimeUtc($"{path}/lib/module.py").ShouldBe(new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.GetUnixFileMode($"{path}/bin/tool").HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        Directory.Exists($"{path}/empty").ShouldBeTrue();
        (await KeysAsync()).ShouldNotContain(key => key.EndsWith("/builder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_environment_with_another_path_or_other_inputs_or_of_another_user_is_another_one()
    {
        await RunAsync("home");
        await RunAsync("elsewhere");
        await RunAsync("home", inputs: "other packages");
        await RunAsync("home", key: Convert.ToHexStringLower(SHA256.HashData("another user"u8)));
        _builds.ShouldBe(4);
        await RunAsync("elsewhere");
        _builds.ShouldBe(4);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    public void An_agent_without_a_key_stores_nothing(string? key) =>
        EnvironmentShare.For(Settings() with { EnvironmentKey = key }).ShouldBeNull();

    [Fact]
    public async Task A_failed_build_stores_nothing_and_blocks_nobody()
    {
        _failure = "no such package";
        await RunAsync("home");
        (await KeysAsync()).ShouldBeEmpty();
        _failure = null;
        await RunAsync("home");
        await RunAsync("home");
        _builds.ShouldBe(2);
    }

    // Each is done to what the first machine has stored.
    [Theory]
    [InlineData("archive is cut", "SHA-256")]
    [InlineData("archive is longer", "SHA-256")]
    [InlineData("archive is another", "SHA-256")]
    [InlineData("archive leads up", "leads up")]
    [InlineData("archive links out", "link")]
    [InlineData("archive writes through a link", "link")]
    [InlineData("archive is missing", "missing")]
    [InlineData("record is cut", "damaged")]
    [InlineData("record is of another", "not written by a job of this user")]
    [InlineData("record links elsewhere", "not the interpreter")]
    public async Task A_changed_environment_in_the_store_is_refused_and_made_again(string damage, string why)
    {
        await RunAsync("home");
        await DamageAsync(damage, _folder["outside"]);
        var path = await RunAsync("home");
        _builds.ShouldBe(2);
        _warnings.ShouldHaveSingleItem().ShouldBeOfType<Warning.EnvironmentRefused>().Why.ShouldContain(why);
        (await File.ReadAllTextAsync($"{path}/lib/module.py")).ShouldBe("VALUE = 7\n");
        File.Exists($"{path}/lib/outside").ShouldBeFalse();
        Path.Exists(_folder["outside"]).ShouldBeFalse();
        // The store has a good one again.
        await RunAsync("home");
        _builds.ShouldBe(2);
    }

    [Fact]
    public async Task Machines_that_start_together_build_one_environment()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => RunAsync("home", attempt: $"a-{i}-1", machine: $"m{i}", beats: true)));
        _builds.ShouldBe(1);
        (await KeysAsync()).Count(key => key.EndsWith(".tar.gz", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("other-1-1")]
    [InlineData("../../escape")]
    [InlineData("")]
    public async Task A_builder_that_died_is_replaced(string builder)
    {
        await RunAsync("home");
        var id = (await KeysAsync())[0].Split('/')[1];
        await _store.DeleteAsync(StoredEnvironment.FolderOf(id), CancellationToken.None);
        await _store.WriteAsync(StoredEnvironment.BuilderKey(id), Encoding.UTF8.GetBytes(builder), CancellationToken.None);
        await RunAsync("home");
        _builds.ShouldBe(2);
        await RunAsync("home");
        _builds.ShouldBe(2);
    }

    [Theory]
    [InlineData("/opt/other")]
    [InlineData("../../outside")]
    [InlineData("tool/../../lib")]
    public async Task A_link_that_leads_elsewhere_keeps_an_environment_out_of_the_store(string link)
    {
        await RunAsync("home", link: link);
        (await KeysAsync()).ShouldBeEmpty();
        _notes.ShouldContain(note => note.Contains($"is not stored for other machines: its link bin/python3 leads to {link}"));
    }

    [Theory]
    [InlineData("archive links out")]
    [InlineData("archive is cut")]
    public async Task A_refused_environment_that_cannot_be_stored_again_leaves_the_store(string damage)
    {
        await RunAsync("home");
        await DamageAsync(damage, _folder["outside"]);
        await RunAsync("home", link: "../../outside");
        _warnings.ShouldHaveSingleItem();
        (await KeysAsync()).ShouldNotContain(key => key.EndsWith("record.json", StringComparison.Ordinal));
        await RunAsync("home", link: "../../outside");
        _warnings.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_repair_removes_the_archive_that_was_refused()
    {
        await RunAsync("home");
        var first = (await KeysAsync()).Where(key => key.EndsWith(".tar.gz", StringComparison.Ordinal)).ToHashSet();
        await DamageAsync("archive links out", _folder["outside"]);
        var forged = (await KeysAsync()).Single(key => key.EndsWith(".tar.gz", StringComparison.Ordinal) && !first.Contains(key));
        await RunAsync("home");
        (await KeysAsync()).ShouldNotContain(forged);
    }

    [Theory]
    [InlineData("a-1-1", false)]
    [InlineData("other-1-1", true)]
    public async Task An_interrupted_search_releases_the_mark_of_its_own_attempt_alone(string builder, bool stays)
    {
        await RunAsync("home");
        var id = (await KeysAsync())[0].Split('/')[1];
        await _store.DeleteAsync(StoredEnvironment.FolderOf(id), CancellationToken.None);
        if (stays) await _store.WriteAsync(StoredEnvironment.BuilderKey(id), Encoding.UTF8.GetBytes(builder), CancellationToken.None);
        var answers = 0;
        var store = new ShakyStore(_store)
        {
            AfterCreate = _ =>
            {
                if (answers++ == 0) throw new StoreException("the connection broke after the mark was written");
            },
        };
        await RunAsync("home", settings: Settings() with { Store = store });
        answers.ShouldBe(1);
        (await _store.ExistsAsync(StoredEnvironment.BuilderKey(id), CancellationToken.None)).ShouldBe(stays);
    }

    [Fact]
    public async Task A_store_that_fails_costs_nothing_but_the_build()
    {
        var settings = Settings() with { Store = new ShakyStore(_store) { IsDown = true } };
        await RunAsync("home", settings: settings);
        _builds.ShouldBe(1);
        _notes.ShouldContain(note => note.StartsWith("the environment of requirements.txt could not be looked up in the store:"));
    }

    private AgentSettings Settings() => new()
    {
        Home = _folder["home"],
        Store = _store,
        Machine = Environment.MachineName,
        Variables = ProcessVariables.Read(),
        PollInterval = TimeSpan.FromMilliseconds(5),
        Heartbeat = TimeSpan.FromMilliseconds(50),
        EnvironmentKey = Convert.ToHexStringLower(KeyBytes),
    };

    private async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var entry in _store.ListAsync(StoredEnvironment.Folder, CancellationToken.None)) keys.Add(entry.Key);
        return keys;
    }

    // The folder of the test stands for the disk of a machine, which is fresh. The path that counts is the one in the id.
    private async Task<string> RunAsync(
        string path, string attempt = "a-1-1", string inputs = "packages", string? key = null, string machine = "m", bool beats = false,
        string link = Python, AgentSettings? settings = null)
    {
        var disk = _folder[$"{machine}"];
        if (!beats && Directory.Exists(disk)) Directory.Delete(disk, recursive: true);
        var folder = $"{disk}/{path}";
        Directory.CreateDirectory(disk);
        settings ??= Settings() with { EnvironmentKey = key ?? Convert.ToHexStringLower(KeyBytes) };
        var wanted = new WantedEnvironment(
            "requirements.txt", folder, inputs, [Python], "ledger", attempt, _notes.Enqueue, CancellationToken.None)
        {
            Path = path,
        };
        using var alive = new CancellationTokenSource();
        var beating = beats ? BeatAsync(attempt, alive.Token) : Task.CompletedTask;
        var failure = await EnvironmentShare.For(settings).ShouldNotBeNull().MakeAsync(wanted, BuildAsync, _warnings.Add);
        failure.ShouldBe(_failure);
        await alive.CancelAsync();
        await beating;
        return folder;

        async Task<string?> BuildAsync()
        {
            Interlocked.Increment(ref _builds);
            if (_failure is not null) return _failure;
            foreach (var name in new[] { "bin", "lib", "empty" }) Directory.CreateDirectory($"{folder}/{name}");
            await File.WriteAllTextAsync($"{folder}/lib/module.py", "VALUE = 7\n");
            File.SetLastWriteTimeUtc($"{folder}/lib/module.py", new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc));
            await File.WriteAllTextAsync($"{folder}/bin/tool", "#!/bin/sh\n");
            File.SetUnixFileMode($"{folder}/bin/tool", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.CreateSymbolicLink($"{folder}/bin/python3", link);
            File.CreateSymbolicLink($"{folder}/lib64", "lib");
            return null;
        }
    }

    private async Task BeatAsync(string attempt, CancellationToken stop)
    {
        for (var beat = 0; !stop.IsCancellationRequested; beat++)
        {
            await _store.WriteAsync(AttemptKeys.Heartbeat(attempt), Encoding.ASCII.GetBytes($"{beat}"), CancellationToken.None);
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
