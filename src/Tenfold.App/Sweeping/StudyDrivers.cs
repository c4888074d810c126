using Tenfold.App.Costs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping;

/// <summary>Creates the drivers of studies.</summary>
internal static class StudyDrivers
{
    /// <summary>Creates the driver of a study. Its budget counts the price that was recorded when the study was planned.</summary>
    public static StudyDriver Create(Services services, StudyRecord study) => new(
        services.Ledger, services.Studies, services.Controller, study, SearchMethods.Create(study.Spec.Method),
        study.Spec.Work is { } work ? CostReader.PriceOf(work) : null, services.Time);
}
