using System.Text;
using System.Text.Json;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests;

/// <summary>A machine with a home folder, a store, a queue and a project, on which attempts are really carried out.</summary>
internal sealed class Machine : IDisposable
{
    /// <summary>Debian's own programs first, as most users have them.</summary>
    public static readonly string SystemPath = $"/usr/bin:/bin:/usr/local/bin:{Environment.GetEnvironmentVariable("PATH")}";

    private readonly TemporaryFolder _folder = new();
    private string? _snapshot;

    public Machine()
    {
        Store = new FolderStore(_folder["store"]);
        Queue = new WorkQueue(_folder["home/queue"]);
        Settings = new AgentSettings
        {
            Home = _folder["home"],
            Store = Store,
            Machine = Environment.MachineName,
            Variables = ProcessVariables.Read(),
            Grace = TimeSpan.FromSeconds(30),
            PollInterval = TimeSpan.FromMilliseconds(20),
        };
        Write("README", "a project\n");
    }

    public TemporaryFolder Folder => _folder;

    /// <summary>The group's name: one of its own for each machine, since a run's processes are known by it.</summary>
    public string Group { get; } = RunNames.NewGroup();

    public FolderStore Store { get; }

    public WorkQueue Queue { get; }

    public AgentSettings Settings { get; set; }

    public ResourcePool Resources { get; set; } = new(4, 1L << 34, []);

    public AttemptReports Reports => new(Settings.Store);

    /// <summary>Writes a file of the project.</summary>
    public void Write(string path, string content)
    {
        _folder.Write($"project/{path}", content);
        _snapshot = null;
    }

    /// <summary>What a group's runs share: a command that runs in the project as it is now.</summary>
    public async Task<WorkSpec> SpecAsync(string? command, string parameters = "{}")
    {
        _snapshot ??=
            (await new SnapshotTaker(Store, _folder["index"], TimeProvider.System).TakeAsync(
                new SnapshotRequest { Root = _folder["project"] }, CancellationToken.None))
            .Match(taken => taken.Snapshot.Id, refused => throw new InvalidOperationException(refused.Faults[0].Message));
        return new WorkSpec
        {
            Project = "test",
            Snapshot = _snapshot,
            Command = command,
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse(parameters).RootElement,
            Shell = new Dictionary<string, string> { ["PATH"] = SystemPath },
        };
    }

    /// <summary>The first attempts of a group's runs.</summary>
    public IReadOnlyList<Assignment> Assign(WorkSpec spec, int repeat = 1, string? group = null) =>
    [
        .. Enumerable.Range(1, repeat).Select(i => new Assignment
        {
            Group = group ?? Group, CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), Repeat = i, Seed = 1000 + i, Spec = spec,
        }),
    ];

    public Task<bool> ServeAsync(CancellationToken cancellationToken = default) =>
        new QueueServer(Queue, _ => Settings, Resources).RunAsync(cancellationToken).WaitAsync(Eventually.Deadline, CancellationToken.None);

    /// <summary>The name of an attempt of the machine's own group.</summary>
    public string Attempt(int number = 1, int repeat = 1) => RunNames.Attempt(RunNames.Run(Group, repeat), number);

    /// <summary>Runs one command to its end.</summary>
    /// <returns>The report of its first attempt.</returns>
    public async Task<AttemptReport> RunAsync(string command, Func<WorkSpec, WorkSpec>? with = null, string parameters = "{}")
    {
        var spec = await SpecAsync(command, parameters);
        return await RunAsync(with is null ? spec : with(spec));
    }

    public async Task<AttemptReport> RunAsync(WorkSpec spec)
    {
        Queue.Add(Assign(spec));
        (await ServeAsync()).ShouldBeTrue();
        return await ReportAsync();
    }

    public async Task<AttemptReport> ReportAsync(string? attempt = null) =>
        (await Reports.ReadAsync(attempt ?? Attempt(), CancellationToken.None)).ShouldNotBeNull($"no report of {attempt ?? Attempt()}");

    public AttemptReport? Report(string? attempt = null) =>
        Reports.ReadAsync(attempt ?? Attempt(), CancellationToken.None).GetAwaiter().GetResult();

    public async Task<IReadOnlyDictionary<string, MetricSummary>> MetricsAsync(string? attempt = null) =>
        (await Reports.ReadMetricsAsync(attempt ?? Attempt(), CancellationToken.None)).ToDictionary(metric => metric.Name);

    public async Task<IReadOnlyList<LogLine>> LogAsync(string? attempt = null)
    {
        using var reader = new StreamReader(
            await Store.OpenSegmentsAsync(AttemptKeys.Log(attempt ?? Attempt()), 0, CancellationToken.None), Encoding.Latin1);
        return [.. (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => LogLine.Parse(Encoding.Latin1.GetBytes(line)).ShouldNotBeNull(line))];
    }

    /// <summary>What it printed, one line each, of one source.</summary>
    public async Task<IReadOnlyList<string>> PrintedAsync(char source = 'o', string? attempt = null)
    {
        var (lines, unfinished) = (new List<string>(), "");
        foreach (var record in (await LogAsync(attempt)).Where(record => record.Source == source))
        {
            unfinished += record.Text;
            if (record.GoesOn) continue;
            lines.Add(unfinished);
            unfinished = "";
        }

        return unfinished.Length == 0 ? lines : [.. lines, unfinished];
    }

    public async Task<ArtifactManifest> ManifestAsync(string? attempt = null) =>
        ArtifactManifest.FromJson(
            (await Store.ReadAsync(ArtifactManifest.ManifestKey(attempt ?? Attempt()), CancellationToken.None)).ShouldNotBeNull())
                .ShouldNotBeNull();

    public async Task<string?> KeptAsync(string path, string? attempt = null) =>
        await Store.ReadAsync(ArtifactManifest.FilesKey(attempt ?? Attempt()) + path, CancellationToken.None) is { } bytes
            ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Gives the agent an environment variable.</summary>
    public void SetVariable(string name, string value) =>
        Settings = Settings with { Variables = new Dictionary<string, string>(Settings.Variables) { [name] = value } };

    public Task StopAsync(string? attempt = null) =>
        Store.WriteAsync(AttemptKeys.StopMark(attempt ?? Attempt()), ReadOnlyMemory<byte>.Empty, CancellationToken.None);

    public void Dispose()
    {
        // What a failed test left running.
        foreach (var folder in Directory.Exists(_folder["store/attempts"]) ? Directory.GetDirectories(_folder["store/attempts"]) : [])
            Core.Platform.ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, Path.GetFileName(folder), TimeProvider.System)
                .GetAwaiter().GetResult();
        _folder.Dispose();
    }
}
