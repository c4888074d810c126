using Tenfold.Core.Studies;

namespace Tenfold.App.Sweeping;

/// <summary>Drives every study that runs, for a host that stays: each round asks them for their next trials.</summary>
/// <param name="services">The services of this home.</param>
public sealed class StudyRounds(Services services)
{
    // More studies than anybody runs at the same time.
    private const int Newest = 200;

    private readonly Dictionary<string, StudyDriver> _drivers = [];

    /// <summary>Runs one round.</summary>
    /// <exception cref="Core.Ledger.LedgerException">The ledger can't be read or written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var studies = await services.Studies.ListStudiesAsync(Newest, cancellationToken);
        var running = studies.Where(study => study.State == StudyState.Running && study.Spec.Work is not null).ToList();
        foreach (var ended in _drivers.Keys.Except(running.Select(study => study.Id)).ToList()) _drivers.Remove(ended);
        foreach (var study in running)
        {
            if (!_drivers.TryGetValue(study.Id, out var driver)) _drivers[study.Id] = driver = StudyDrivers.Create(services, study);
            await driver.ReconcileAsync(cancellationToken);
        }
    }
}
