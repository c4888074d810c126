using System.Globalization;
using System.Text.Json;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Secrets;
using Tenfold.Core.Attempts;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>A job, or an array of jobs, to submit. All of its attempts request the same.</summary>
internal sealed record JobSubmission
{
    /// <summary>How many jobs an array has at most.</summary>
    public const int MaxArray = 10_000;

    // ECS's limit for what differs from the definition, as JSON. The rest is for the variables that Batch adds itself.
    private const int MaxOverrides = 8192 - 1024;

    /// <summary>Batch retries nothing by itself: Tenfold's own next attempt follows a lost one.</summary>
    public static RetryStrategy Once { get; } = new() { Attempts = 1, EvaluateOnExit = [new("EXIT") { OnReason = "*" }] };

    /// <summary>The attempts, by index of the array.</summary>
    public required IReadOnlyList<Assignment> Assignments { get; init; }

    /// <summary>What each job requests.</summary>
    public required JobShape Shape { get; init; }

    /// <summary>The place.</summary>
    public required BatchPlace Place { get; init; }

    /// <summary>The target's options.</summary>
    public required BatchOptions Options { get; init; }

    /// <summary>The queue's name.</summary>
    public required string Queue { get; init; }

    /// <summary>True when the queue is on Fargate.</summary>
    public required bool IsFargate { get; init; }

    /// <summary>The path of the attempts' secrets; null when none of them needs one.</summary>
    public string? Secrets => Assignments.Any(one => one.Spec.Secrets.Count > 0)
        ? SecretPath.OfLedger(Place.Stack, Assignments[0].Ledger) : null;

    /// <summary>The definition of the jobs.</summary>
    public RegisterJobDefinitionRequest Definition => DefinitionRegistry.Describe(Place, Options, Shape, IsFargate);

    /// <summary>The request.</summary>
    /// <param name="definition">The ARN of the definition.</param>
    /// <param name="start">The variables of the start script.</param>
    public SubmitJobRequest ToRequest(string definition, StartVariables start) => new()
    {
        JobName = BatchJobName.Of(start.List, Assignments[0].Ledger).ToString(),
        JobQueue = Queue,
        JobDefinition = definition,
        ArrayProperties = Assignments.Count > 1 ? new(Assignments.Count) : null,
        ContainerOverrides = new() { Environment = [.. start.ToList().Concat(OfHost()).Select(one => new KeyValue(one.Key, one.Value))] },
        RetryStrategy = Once,
        Timeout = Shape.Seconds is { } seconds ? new(seconds) : null,
        Tags = ResourceTags.Of(Assignments, Place.Stack),
        PropagateTags = true,
        ShareIdentifier = Options.Share,
    };

    /// <summary>
    /// Why the request is too large; null when it is not. Batch accepts a request that is too large for ECS, and its jobs fail.
    /// </summary>
    public static string? Refuse(SubmitJobRequest request)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request.ContainerOverrides!, BatchJson.Default.ContainerOverrides);
        return json.Length <= MaxOverrides ? null
            : $"the job's variables take {json.Length:N0} characters, and AWS allows {MaxOverrides:N0}: shorten the target's `setup`";
    }

    private IEnumerable<KeyValuePair<string, string>> OfHost()
    {
        yield return new(InJob.BatchHost.Cpus, Shape.Cpus.ToString("0.##", CultureInfo.InvariantCulture));
        yield return new(InJob.BatchHost.MemoryMiB, Shape.MemoryMiB.ToString(CultureInfo.InvariantCulture));
        if (Shape.Gpus > 0) yield return new(InJob.BatchHost.Gpus, Shape.Gpus.ToString(CultureInfo.InvariantCulture));
        if (Shape.Seconds is { } seconds) yield return new(InJob.BatchHost.TimeLimit, seconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Groups attempts into as few submissions as possible: those that request the same share an array.</summary>
    /// <param name="assignments">The attempts, each of which its queue can run.</param>
    /// <param name="place">The place.</param>
    /// <param name="queues">The place's queues.</param>
    public static IReadOnlyList<JobSubmission> Plan(
        IReadOnlyList<Assignment> assignments, BatchPlace place, IReadOnlyList<QueueFacts> queues)
    {
        var shared = new Dictionary<object, List<Assignment>>();
        foreach (var assignment in assignments)
        {
            var options = BatchOptions.Of(assignment);
            var queue = place.QueueFor(assignment.Spec.Resources, options)!;
            var isFargate = queues.First(one => one.Is(queue)).IsFargate;
            var key = (assignment.Ledger, assignment.Spec.Project, options, queue, JobShape.Of(assignment.Spec.Resources, isFargate));
            if (!shared.TryGetValue(key, out var list)) shared[key] = list = [];
            list.Add(assignment);
        }

        return [.. shared.Values.SelectMany(list => list.Chunk(MaxArray)).Select(part => Of(part, place, queues))];
    }

    private static JobSubmission Of(Assignment[] assignments, BatchPlace place, IReadOnlyList<QueueFacts> queues)
    {
        var (options, resources) = (BatchOptions.Of(assignments[0]), assignments[0].Spec.Resources);
        var queue = queues.First(one => one.Is(place.QueueFor(resources, options)!));
        return new JobSubmission
        {
            Assignments = assignments,
            Shape = JobShape.Of(resources, queue.IsFargate),
            Place = place,
            Options = options,
            Queue = queue.Name,
            IsFargate = queue.IsFargate,
        };
    }
}
