using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;

namespace Tenfold.App.Targets;

/// <summary>Lists where runs can execute.</summary>
/// <param name="services">The services of this home.</param>
public sealed class TargetLister(Services services)
{
    /// <summary>
    /// Lists this machine and the targets of a folder's project. All targets are asked at once, since some may take long to answer.
    /// </summary>
    /// <param name="folder">The folder; without a project there, only this machine is listed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The targets; or BadInput with the faults of the project.</returns>
    public async Task<Outcome<IReadOnlyList<TargetListing>>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        LocatedProject? located = null;
        if (ProjectFinder.Find(folder) is { } file)
        {
            var opened = services.Projects.Open(Path.GetDirectoryName(file)!).ToOutcome();
            if (!opened.Succeeded(out located, out var refusal)) return refusal;
        }

        return Outcome.Of(await ListAsync(located, cancellationToken));
    }

    /// <summary>Lists this machine and the targets of a project.</summary>
    /// <param name="located">The project; null for this machine alone.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<TargetListing>> ListAsync(LocatedProject? located, CancellationToken cancellationToken)
    {
        var names = (located?.Project.Targets.Keys ?? []).Prepend(TargetSettings.LocalKind).Distinct();
        return await Task.WhenAll(names.Select(name => ListAsync(located, name, cancellationToken)));
    }

    private async Task<TargetListing> ListAsync(LocatedProject? located, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await services.Targets.PlanAsync(located, name, cancellationToken)).Match(
                planned => new TargetListing(name, planned.Target.Capabilities.Kind, StateOf(planned), PlaceOf(planned))
                {
                    Capabilities = planned.Target.Capabilities,
                },
                refusal => new TargetListing(
                    name, KindOf(), refusal.Kind == RefusalKind.BadInput ? new TargetState.Misconfigured() : new TargetState.NotAvailable(),
                    refusal.Message));
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return new TargetListing(name, KindOf(), new TargetState.Unreachable(), e.Message);
        }

        // A project need not name this machine, whose store may be unreachable, too.
        string KindOf() =>
            located?.Project.Targets.TryGetValue(name, out var target) == true ? target.Kind : TargetSettings.LocalKind;
    }

    private TargetState StateOf(PlannedTarget planned)
    {
        if (!planned.IsLocal) return new TargetState.Reachable();
        return services.Queue.HasAgent()
            ? new TargetState.Busy(services.Queue.Running().Count, services.Queue.Waiting().Count)
            : new TargetState.Idle();
    }

    private static string PlaceOf(PlannedTarget planned) => planned.IsLocal ? "this machine" : planned.Spec.Place;
}

/// <summary>A target of a project.</summary>
/// <param name="Name">The target's name in <c>tenfold.yaml</c>, or <c>local</c>.</param>
/// <param name="Kind">The target's kind.</param>
/// <param name="State">Whether it can be used now.</param>
/// <param name="Note">Where the target is; or why it can't be used, and what to do.</param>
public sealed record TargetListing(string Name, string Kind, TargetState State, string Note)
{
    /// <summary>What the target can do; null when it can't be used now.</summary>
    public TargetCapabilities? Capabilities { get; init; }
}

/// <summary>Whether a target can be used now.</summary>
public abstract record TargetState
{
    private TargetState()
    {
    }

    /// <summary>Another machine or service that answers.</summary>
    public sealed record Reachable : TargetState;

    /// <summary>Another machine or service that does not answer, or refuses this user.</summary>
    public sealed record Unreachable : TargetState;

    /// <summary>A target that this program can't use from here.</summary>
    public sealed record NotAvailable : TargetState;

    /// <summary>A target whose options are wrong.</summary>
    public sealed record Misconfigured : TargetState;

    /// <summary>This machine, with no run.</summary>
    public sealed record Idle : TargetState;

    /// <summary>This machine, executing runs.</summary>
    /// <param name="Running">How many runs are running.</param>
    /// <param name="Waiting">How many runs are waiting.</param>
    public sealed record Busy(int Running, int Waiting) : TargetState;

    /// <summary>The state in words, as <c>tenfold targets</c> shows it.</summary>
    public sealed override string ToString() => this switch
    {
        Reachable => "reached",
        Unreachable => "not reached",
        NotAvailable => "not available yet",
        Misconfigured => "wrong options",
        Busy busy => $"{busy.Running} running, {busy.Waiting} waiting",
        _ => "idle",
    };
}
