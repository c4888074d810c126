using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>The differences between the openapi versions of slurmrestd: paths, and the form of requests and answers.</summary>
internal interface IOpenApi
{
    /// <summary>The version as it appears in paths: <c>v0.0.43</c>.</summary>
    string Version { get; }

    /// <summary>The path of a ping.</summary>
    string PingPath { get; }

    /// <summary>The path that lists all jobs.</summary>
    string JobsPath { get; }

    /// <summary>The path that lists the partitions.</summary>
    string PartitionsPath { get; }

    /// <summary>The path that submits a job.</summary>
    string SubmitPath { get; }

    /// <summary>The path that lists a user's ended jobs from accounting; null when this version has none.</summary>
    /// <param name="user">The user.</param>
    /// <param name="since">Jobs that ended earlier are left out.</param>
    string? EndedPath(string user, DateTimeOffset since);

    /// <summary>False for a release of Slurm whose faults in this version are too grave to use it.</summary>
    /// <param name="ping">The answer to a ping.</param>
    bool IsSound(JsonElement ping);

    /// <summary>Reads the answer to a ping.</summary>
    RestCluster ReadPing(JsonElement answer);

    /// <summary>Reads the jobs of a user, including ended ones.</summary>
    IReadOnlyList<SlurmJob> ReadJobs(JsonElement answer, string user);

    /// <summary>Reads Tenfold's jobs among a user's ended ones.</summary>
    IReadOnlyList<SlurmJob> ReadEnded(JsonElement answer);

    /// <summary>Reads the partitions.</summary>
    IReadOnlyList<Partition> ReadPartitions(JsonElement answer);

    /// <summary>Writes the body that submits a job.</summary>
    JsonObject Write(JobRequest request);

    /// <summary>The requests that cancel elements of arrays.</summary>
    IEnumerable<RestCancel> Cancel(IReadOnlyList<SlurmJob> jobs);

    /// <summary>Reads why jobs were not cancelled, apart from the answer's <c>errors</c>: an error for each job.</summary>
    IReadOnlyList<RestError> NotCancelled(JsonElement answer);
}

/// <summary>What the answer to a ping says about a cluster.</summary>
/// <param name="Controller">The host of slurmctld; null when it isn't reported.</param>
/// <param name="Name">The cluster's name; null when it isn't reported.</param>
/// <param name="HasAccounting">True when a database keeps ended jobs.</param>
internal sealed record RestCluster(string? Controller, string? Name, bool HasAccounting);

/// <summary>A DELETE request that cancels jobs.</summary>
/// <param name="Path">The path.</param>
/// <param name="Body">The body; null for none.</param>
internal sealed record RestCancel(string Path, JsonObject? Body);
