using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>A machine of a backend: it has the store in common with the one that planned the work, and nothing else.</summary>
internal sealed class Node : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public Node(IStore store, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = Machine.SystemPath, ["HOME"] = _folder.Path };
        foreach (var (name, value) in variables) environment[name] = value;
        Settings = new AgentSettings
        {
            Home = _folder["home"],
            Store = store,
            Machine = Environment.MachineName,
            Variables = ProcessVariables.Read(),
            PollInterval = TimeSpan.FromMilliseconds(20),
            StoreTimeout = Eventually.Deadline,
            CheckpointInterval = TimeSpan.FromMilliseconds(100),
            Host = Host = new FakeHost(environment),
            Notify = line =>
            {
                lock (_said) _said.Add(line);
            },
        };
    }

    public AgentSettings Settings { get; set; }

    public FakeHost Host { get; }

    public TemporaryFolder Folder => _folder;

    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_said) return [.. _said];
        }
    }

    /// <summary>Writes what a target writes before it submits.</summary>
    public static async Task<Assignment> SubmitAsync(IStore store, Assignment assignment)
    {
        await store.WriteAsync(
            AttemptKeys.Assignment(assignment.Attempt), JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment),
            CancellationToken.None);
        return assignment;
    }

    /// <summary>Runs an attempt whose assignment must have this digest.</summary>
    public Task<bool> RunCheckedAsync(string attempt, string assignmentSha256) => RunAsync(attempt, assignmentSha256, default);

    public Task<bool> RunAsync(string attempt, CancellationToken preempted = default) => RunAsync(attempt, null, preempted);

    private Task<bool> RunAsync(string attempt, string? assignmentSha256, CancellationToken preempted) =>
        new AttemptAgent(Settings, attempt) { AssignmentSha256 = assignmentSha256 }.RunAsync(preempted)
            .WaitAsync(Eventually.Deadline, CancellationToken.None);

    public void Dispose() => _folder.Dispose();
}
