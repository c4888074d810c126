using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping;

/// <summary>Creates the drivers of studies.</summary>
internal static class StudyDrivers
{
    /// <summary>Creates the driver of a study that runs its trials on a target.</summary>
    public static async Task<StudyDriver> CreateAsync(Services services, StudyRecord study, CancellationToken cancellationToken) => new(
        services.Ledger, services.Studies, services.Controller, study, SearchMethods.Create(study.Spec.Method),
        await ReadUsdPerHourAsync(services, study, cancellationToken), services.Time);

    private static async Task<decimal?> ReadUsdPerHourAsync(Services services, StudyRecord study, CancellationToken cancellationToken)
    {
        try
        {
            if (study.Spec.Work is not { } work) return null;
            var resolution = await services.Targets.FindAsync(work, cancellationToken);
            if (resolution.Target is not { Target: IPrices prices }) return null;
            return await prices.ReadUsdPerHourAsync(work.Resources, work.Target, cancellationToken);
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return null; // the study's rounds report the fault
        }
    }
}
