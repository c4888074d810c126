using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;

namespace Tenfold.App.Sweeping;

/// <summary>
/// Drives every open study that this home has signed, for a host that stays: each round asks them for their next trials, and for the runs
/// of their confirmation.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyRounds(Services services)
{
    private readonly Dictionary<string, (StudyDriver Driver, int? Trials)> _drivers = [];

    /// <summary>Runs one round. A study that can't be driven doesn't hold up the others.</summary>
    /// <returns>The studies that could not be driven.</returns>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task<IReadOnlyList<StudyFault>> RunAsync(CancellationToken cancellationToken)
    {
        var open = await services.Studies.ListOpenStudiesAsync(cancellationToken);
        foreach (var ended in _drivers.Keys.Except(open).ToList()) _drivers.Remove(ended);
        var faults = new List<StudyFault>();
        foreach (var id in open)
        {
            try
            {
                // Whoever can write to the ledger could change the study's command, and a driver signs the runs that it starts.
                if (await services.Studies.FindOwnStudyAsync(id, cancellationToken) is not { Spec.Work: not null } own)
                {
                    _drivers.Remove(id);
                    continue;
                }

                // Its user may have given the study more trials.
                if (!_drivers.TryGetValue(id, out var known) || known.Trials != own.Spec.Trials)
                    _drivers[id] = known = (StudyDrivers.Create(services, own), own.Spec.Trials);
                await known.Driver.ReconcileAsync(cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException && e is not LedgerException { IsUnreadable: false })
            {
                faults.Add(new StudyFault(id, e.Message));
            }
        }

        return faults;
    }
}

/// <summary>A study that could not be driven in a round.</summary>
/// <param name="Study">Its id.</param>
/// <param name="Detail">What failed.</param>
public sealed record StudyFault(string Study, string Detail);
