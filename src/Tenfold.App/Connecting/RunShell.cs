using Tenfold.Agent.Preparation;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.App.Connecting;

/// <summary>Finds how a user logs in to the machine of a run.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RunShell(Services services)
{
    /// <summary>Finds the command.</summary>
    /// <param name="id">The run's id, or its start.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The command, whose first word is the program's path; or a refusal: the run has ended or waits, its target has no such machines, or
    /// a program is missing.
    /// </returns>
    public async Task<Outcome<IReadOnlyList<string>>> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveRunAsync(id, cancellationToken)).Succeeded(out var run, out var refusal)) return refusal;
        if (run.State.IsFinal())
            return Refusal.NotFound($"{run.Id} has ended ({run.State.ToString().ToLowerInvariant()}), and its machine with it");
        var group = (await services.Ledger.FindGroupAsync(run.Group, cancellationToken))!;
        try
        {
            if ((await services.Targets.FindAsync(group, cancellationToken)).Target?.Target is not IOffersShell target)
            {
                return Refusal.BadInput(
                    $"{run.Id} runs on the target {group.Target}, which has no machine of the run's own to log in to; a target of the " +
                    $"kind ec2 has one. `tenfold logs -f {run.Id}` follows the run");
            }

            if (!(await target.FindShellAsync(run.Attempt, cancellationToken)).Succeeded(out var command, out refusal)) return refusal;
            return FindPrograms(command);
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return Refusal.Unavailable(e.Message);
        }
    }

    private Outcome<IReadOnlyList<string>> FindPrograms(ShellCommand command)
    {
        foreach (var (name, source) in command.Needs)
        {
            if (CommandLine.Find(name, services.SearchPath) is null)
                return Refusal.Unavailable($"the program {name} is not installed, and logging in needs it: {source}");
        }

        var program = CommandLine.Find(command.Words[0], services.SearchPath) ?? command.Words[0];
        return Outcome.Of<IReadOnlyList<string>>([program, .. command.Words.Skip(1)]);
    }
}
