using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <summary>A backend in memory, which records the calls it got. It is idempotent by the attempt's name, as the contract says.</summary>
/// <param name="kind">Its kind.</param>
internal sealed class FakeTarget(string kind = "fake") : ITarget, ISharesFolder, IStoresSecrets
{
    private readonly Lock _gate = new();

    public TargetCapabilities Capabilities { get; init; } = new(kind, CallsPerHundred.None);

    /// <summary>What it has, and where.</summary>
    public Dictionary<string, BackendState> Has { get; } = [];

    /// <summary>What really started, in order: twice would be a defect.</summary>
    public List<Assignment> Started { get; } = [];

    public List<string> Asked { get; } = [];

    public List<string> Stopped { get; } = [];

    public List<string> WithoutSecrets { get; } = [];

    public TargetException? RemovalFails { get; set; }

    public StartOutcome Answer { get; set; } = StartOutcome.Started;

    /// <summary>What its machines share.</summary>
    public string Folder { get; set; } = "/nowhere";

    public Outcome<string> FolderOf(WorkSpec work) => Folder;

    public Func<Task>? BeforeAnswer { get; set; }

    public TargetException? ListFails { get; set; }

    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var assignment in assignments)
            {
                Asked.Add(assignment.Attempt);
                if (Answer.Kind == StartKind.Started && Has.TryAdd(assignment.Attempt, new BackendState(BackendKind.Waiting)))
                    Started.Add(assignment);
            }
        }

        if (BeforeAnswer is not null) await BeforeAnswer();
        return [.. assignments.Select(_ => Answer)];
    }

    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<BackendState>>(
                [.. attempts.Select(attempt => Has.GetValueOrDefault(attempt, new BackendState(BackendKind.Gone)))]);
    }

    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        lock (_gate) Stopped.AddRange(attempts);
        return Task.CompletedTask;
    }

    public Task RemoveSecretsAsync(string ledger, IReadOnlyList<string> groups, CancellationToken cancellationToken)
    {
        if (RemovalFails is not null) throw RemovalFails;
        WithoutSecrets.AddRange(groups);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        ListFails is null ? Task.FromResult<IReadOnlyList<string>>([.. Has.Keys]) : throw ListFails;
}
