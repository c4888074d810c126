using Tenfold.Bench;
using Tenfold.Bench.Experiments;
using Tenfold.Bench.Statistics;
using Tenfold.Bench.Tuning;

switch (args)
{
    case ["snapshot", var project, var store, var cache]:
        return await SnapshotBench.RunAsync(project, store, cache);
    case ["ledger", var file, var groups, var runs]:
        await LedgerFiller.RunAsync(file, int.Parse(groups), int.Parse(runs));
        return 0;
    case ["live", var home, var place, var runs]:
        await LiveRuns.RunAsync(home, place, int.Parse(runs));
        return 0;
    case ["study", var file, var trials]:
        await StudyFiller.RunAsync(file, int.Parse(trials));
        return 0;
    case ["attempt", var url, var project, var cache, var command]:
        await AttemptWriter.RunAsync(url, project, cache, command);
        return 0;
    case ["store-put", var url, var key, var file]:
        await StoreBench.PutAsync(url, key, file);
        return 0;
    case ["store-get", var url, var key, var file]:
        await StoreBench.GetAsync(url, key, file);
        return 0;
    case ["aws", var s3, var bucket, var scratch, .. var rest]:
        await AwsServer.RunAsync(s3, bucket, scratch, rest is ["--imagined"]);
        return 0;
    case ["batch-hour", var s3, var url, var runs, var minutes]:
        await BatchHour.RunAsync(s3, url, int.Parse(runs), int.Parse(minutes));
        return 0;
    case ["rounds", var home, var runs, var machines, var minutes]:
        await PoolRounds.RunAsync(home, int.Parse(runs), int.Parse(machines), int.Parse(minutes));
        return 0;
    case ["experiments", .. var rest]:
        return ExperimentsBench.Run(rest is ["--smallest"]);
    case ["statistics", .. var rest]:
        return StatisticsBench.Run(rest is ["--smallest"]);
    case ["tuning", .. var rest] when TuningBench.Run(rest) == 0:
        return 0;
    default:
        Console.Error.WriteLine(
            """
            usage: tenfold-bench snapshot PROJECT STORE CACHE
                   tenfold-bench ledger FILE GROUPS RUNS
                   tenfold-bench live HOME PLACE RUNS
                   tenfold-bench study FILE TRIALS
                   tenfold-bench attempt URL PROJECT CACHE COMMAND
                   tenfold-bench store-put URL KEY FILE
                   tenfold-bench store-get URL KEY FILE
                   tenfold-bench aws S3_ENDPOINT BUCKET SCRATCH [--imagined]
                   tenfold-bench batch-hour S3_ENDPOINT URL RUNS MINUTES
                   tenfold-bench rounds HOME RUNS MACHINES MINUTES
                   tenfold-bench experiments [--smallest]
                   tenfold-bench statistics [--smallest]
                   tenfold-bench tuning COMMAND ARGUMENTS
            """);
        return 2;
}
