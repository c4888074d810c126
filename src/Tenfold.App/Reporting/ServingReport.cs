using Tenfold.App.Serving.Drift;
using Tenfold.App.Serving.Experiments;
using Tenfold.Core.Experiments;
using Tenfold.Core.Requests;
using Tenfold.Reports.Serving;

namespace Tenfold.App.Reporting;

/// <summary>Loads what the report on a deployed model shows.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class ServingReport(Services services)
{
    // The charts show the newest requests only, so that a report is quick whatever the log has.
    private const int MostRequests = 200_000;
    private const int Periods = 60;

    /// <summary>Loads the report.</summary>
    public async Task<ServingReportModel> LoadAsync(string model, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNow();
        var desk = new ExperimentDesk(services.Versions, services.Requests, "", services.Time);
        var loaded = (await desk.LoadAsync(model, cancellationToken)).Match<LoadedExperiment?>(one => one, _ => null);
        var drift = (await new DriftReader(services.Requests, services.Time).ReadAsync(new(model), cancellationToken))
            .Match<DriftResult?>(one => one, _ => null);
        return new()
        {
            Drift = drift?.Report,
            DriftOf = (drift?.Version ?? "", drift?.Against ?? ""),
            Model = model,
            GeneratedAt = now,
            Traffic = await services.Requests.SummarizeAsync(model, null, null, cancellationToken),
            Periods = await PeriodsAsync(model, cancellationToken),
            Routes = await services.Versions.ListRouteHistoryAsync(model, cancellationToken),
            Experiment = loaded is null ? null : ExperimentAnalysis.Judge(loaded.Experiment, loaded.Routes, loaded.Outcomes, now),
            History = loaded is null ? [] : ExperimentAnalysis.History(loaded.Experiment, loaded.Routes, loaded.Outcomes, now),
        };
    }

    private async Task<IReadOnlyList<TrafficPeriod>> PeriodsAsync(string model, CancellationToken cancellationToken)
    {
        var query = new RequestQuery
        {
            Model = model,
            Kind = RequestKind.Live,
            WithBodies = false,
            IsNewestFirst = true,
            Limit = MostRequests,
        };
        var requests = new List<LoggedRequest>();
        await foreach (var request in services.Requests.ReadAsync(query, cancellationToken)) requests.Add(request);
        if (requests.Count == 0) return [];
        var (first, last) = (requests[^1].At, requests[0].At);
        var length = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, (last - first).Ticks / Periods + 1));
        return
        [
            .. requests.Where(request => request.Version is not null)
                .GroupBy(request => (request.Version, Period: (request.At - first).Ticks / length.Ticks))
                .OrderBy(period => period.Key.Version, StringComparer.Ordinal).ThenBy(period => period.Key.Period)
                .Select(period => PeriodOf(period.Key.Version!, first + length * (period.Key.Period + 0.5), length, [.. period])),
        ];
    }

    private static TrafficPeriod PeriodOf(string version, DateTimeOffset at, TimeSpan length, IReadOnlyList<LoggedRequest> requests)
    {
        TimeSpan[] latencies = [.. requests.Select(request => request.Latency).Order()];
        var failed = requests.Count(request => RequestWords.IsServerFault(request.Status, request.Outcome));
        return new(
            version, at, length, requests.Count, failed, latencies[latencies.Length / 2], latencies[(int)(0.95 * (latencies.Length - 1))]);
    }
}
