using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Sql;

namespace Tenfold.Bench.Tuning;

/// <summary>Fills a ledger with a large study, with the calls that ask and tell make, and measures the tells.</summary>
internal static class StudyFiller
{
    private const int Axes = 10;

    /// <summary>Fills the ledger, and prints as JSON the study's id and the median milliseconds of the last thousand tells.</summary>
    public static async Task RunAsync(string file, int count)
    {
        var ledger = new SqlLedger(new SqliteDatabase(file), WorkKey.OfHome(Path.GetDirectoryName(Path.GetFullPath(file))!));
        var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var space = new OrderedDictionary<string, SearchDimension>();
        for (var axis = 0; axis < Axes; axis++) space[$"x{axis}"] = new RangeDimension { Min = 0, Max = 1, Whole = false };
        var study = new StudyRecord
        {
            Id = RunNames.NewGroup(),
            Root = "/home/user/digits",
            Target = "local",
            CreatedAt = start,
            Host = "bench",
            Version = "0.1.0",
            Spec = new StudySpec
            {
                Project = "digits",
                Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
                Space = SpaceJson.Write(space),
                Parallel = 8,
            },
        };
        await ledger.AddStudyAsync(study, CancellationToken.None);
        var random = new Random(1);
        var times = new List<double>();
        for (var number = 1; number <= count; number++)
        {
            var point = Enumerable.Range(0, Axes).Select(_ => Math.Round(random.NextDouble(), 12)).ToArray();
            var values = point.Select((x, axis) => KeyValuePair.Create<string, ParameterValue>($"x{axis}", new NumberValue(x)));
            var settings = Parameters.From(values);
            await ledger.AddTrialAsync(
                new TrialRecord
                {
                    Study = study.Id,
                    Number = number,
                    Parameters = JsonDocument.Parse(settings.ToJson()).RootElement,
                    Method = "tpe",
                    Reason = new Reason.ResemblesBest(25, 4000),
                    Seed = number,
                    AskedAt = start.AddSeconds(number),
                },
                null, [], CancellationToken.None);
            var result = 1 - point.Sum(x => (x - 0.3) * (x - 0.3));
            var tell = new TrialTell(study.Id, number, TrialState.Completed, [result], null, start.AddSeconds(number + 60));
            var begun = TimeProvider.System.GetTimestamp();
            await ledger.TellAsync(tell, CancellationToken.None);
            times.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        var last = times.TakeLast(1000).Order().ToList();
        var median = last[last.Count / 2];
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object> { ["study"] = study.Id, ["tell"] = median }));
    }
}
