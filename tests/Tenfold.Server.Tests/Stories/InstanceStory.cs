using System.Text.Json;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Ec2;
using Tenfold.Core.Pools;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests.Stories;

/// <summary>
/// A repository over HTTP, a git host and Slack, instances of EC2 that are stopped, and the published server. The runs wait for the test
/// before they end.
/// </summary>
internal sealed class InstanceStory : IAsyncDisposable
{
    // Ten machines that boot and programs that are killed again and again take minutes, and many of them beside other tests.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly TrainingScene _scene;
    private readonly GitOverHttp _git;
    private readonly PoolMachines _machines;

    private InstanceStory(TrainingScene scene, HostDouble host, GitOverHttp git, string idle)
    {
        (_scene, Host, _git) = (scene, host, git);
        var program = Path.Combine(ServerProgram.Folder, "tenfold");
        _machines = new PoolMachines(Aws, $"{program} agent serve --pool ten --store {_scene.Store.Url} --idle {idle}");
        Server = new ServerProgram(new Dictionary<string, string>(Aws.Environment)
        {
            ["TENFOLD_HOME"] = _scene.Services.Home,
            ["HOST_TOKEN"] = "token",
            ["SLACK_API_TOKEN"] = "token",
            ["SLACK_API_URL"] = host.Url,
            ["SLACK_CHANNEL"] = "#machines",
        });
    }

    public AwsDouble Aws { get; } = new();

    public HostDouble Host { get; }

    public ServerProgram Server { get; }

    public Origin Origin => _scene.Origin;

    public List<string> Ids { get; } = [];

    public static async Task<InstanceStory> OpenAsync(int machines, string idle)
    {
        var scene = new TrainingScene();
        var git = await GitOverHttp.StartAsync(Path.GetDirectoryName(scene.Origin.Url)!);
        var story = new InstanceStory(scene, await HostDouble.StartAsync(), git, idle);
        await File.WriteAllTextAsync(
            Path.Combine(scene.Services.Home, "server.yaml"),
            $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, token: HOST_TOKEN, api: \"{story.Host.Url}\", " +
            $"url: \"{story._git.Url}/origin.git\" }} }}\n");
        for (var i = 0; i < machines; i++) story.Ids.Add(await story._machines.AddAsync());
        return story;
    }

    /// <summary>A project whose runs need a machine each.</summary>
    public string Project(string on) => _scene.Project(on, "resources: { cpus: 4, retries: 3 }\nnotify: { slack: '#monitoring' }").Replace(
        "lab: { kind: pool }", $"ten: {{ kind: pool, instances: [{string.Join(", ", Ids)}], region: eu-west-1, idle: 1m, lifetime: 12h }}");

    /// <summary>A script that says that it has begun, and ends once it may.</summary>
    public string Script(string script) =>
        $"echo $TENFOLD_RUN >> {_scene.Outside("begun")}\nwhile [ ! -e {_scene.Outside("may-end")} ]; do sleep 0.2; done\n"
        + $"{script}echo $TENFOLD_RUN >> {_scene.Outside("ended")}\n";

    /// <summary>The runs that have begun, each as often as it has.</summary>
    public IReadOnlyList<string> Begun => Lines("begun");

    /// <summary>The runs whose script came to its end, each as often as it did.</summary>
    public IReadOnlyList<string> Ended => Lines("ended");

    /// <summary>Lets the runs end.</summary>
    public void LetRunsEnd() => File.WriteAllText(_scene.Outside("may-end"), "");

    /// <summary>What Slack was told about a machine.</summary>
    public IReadOnlyList<string> MachineNews(string id) =>
    [
        .. Host.Calls.Where(call => call.Path.EndsWith("/chat.postMessage", StringComparison.Ordinal))
            .Select(call => JsonElement.Parse(call.Body))
            .Where(body => body.GetProperty("channel").GetString() == "#machines")
            .Select(body => body.GetProperty("text").GetString()!).Where(text => text.Contains(id, StringComparison.Ordinal)),
    ];

    /// <summary>The newest push to a place, once it was recorded.</summary>
    public async Task<PushRecord?> FindPushAsync(PushRef place) =>
        (await _scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, place, 10, default)) is [var newest, ..] ? newest : null;

    /// <summary>The newest push to a place, once all of it is done and posted.</summary>
    public async Task<PushRecord> EndAsync(PushRef place, Func<PushRecord?, Task>? atEachStep = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var push = await FindPushAsync(place);
            if (push is { State: PushState.Done } && (await _scene.Services.Pushes.ListOpenPushesAsync(default)).Count == 0) return push;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Patience);
            if (atEachStep is not null) await atEachStep(push);
            await Task.Delay(20);
        }
    }

    /// <summary>How many attempts each run of a group needed. All of them must have succeeded.</summary>
    public async Task<IReadOnlyList<int>> AttemptsAsync(string group)
    {
        var runs = await _scene.Services.Ledger.ListRunsAsync(group, default);
        runs.ShouldAllBe(run => run.Run.State == Core.Runs.RunState.Succeeded);
        return [.. runs.Select(run => run.Run.Attempts)];
    }

    public async Task<int> CountGroupsAsync() => (await _scene.GroupsAsync()).Count;

    /// <summary>A machine with a run crashes and boots again.</summary>
    /// <returns>False when no machine has said yet that it has one: they say so every few seconds.</returns>
    public async Task<bool> CrashAsync()
    {
        var agents = await new PoolRoster(_scene.Store, "ten").ReadAsync(default);
        if (agents.FirstOrDefault(seen => seen.Machine.Running.Count > 0) is not { } busy) return false;
        await _machines.CrashAsync(busy.Machine.Instance!);
        return true;
    }

    /// <summary>The owner stops every machine; returns while they are stopping.</summary>
    public Task StopMachinesAsync() => Task.WhenAll(Ids.Select(_machines.StopAsync));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _machines.Dispose();
        Aws.Dispose();
        await _git.DisposeAsync();
        await Host.DisposeAsync();
        await _scene.DisposeAsync();
    }

    private string[] Lines(string name) => File.Exists(_scene.Outside(name)) ? File.ReadAllLines(_scene.Outside(name)) : [];
}
