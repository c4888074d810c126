using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>What differs between the openapi versions of slurmrestd: addresses, and the shape of what is sent and answered.</summary>
internal interface IOpenApi
{
    /// <summary>The version as addresses have it: <c>v0.0.43</c>.</summary>
    string Version { get; }

    /// <summary>Where it is asked whether it is there.</summary>
    string PingPath { get; }

    /// <summary>Where all jobs are listed.</summary>
    string JobsPath { get; }

    /// <summary>Where the partitions are listed.</summary>
    string PartitionsPath { get; }

    /// <summary>Where a job is submitted.</summary>
    string SubmitPath { get; }

    /// <summary>Where a user's ended jobs are listed, from the accounts; null where this version can't be asked.</summary>
    /// <param name="user">The user.</param>
    /// <param name="since">Jobs that ended before are left out.</param>
    string? EndedPath(string user, DateTimeOffset since);

    /// <summary>False for a release whose faults in this version are too grave to speak it.</summary>
    /// <param name="ping">What its ping answered.</param>
    bool IsSound(JsonElement ping);

    /// <summary>What a ping tells of the cluster.</summary>
    RestCluster ReadPing(JsonElement answer);

    /// <summary>The jobs of a user, ended ones too.</summary>
    IReadOnlyList<SlurmJob> ReadJobs(JsonElement answer, string user);

    /// <summary>Our jobs among a user's ended ones.</summary>
    IReadOnlyList<SlurmJob> ReadEnded(JsonElement answer);

    /// <summary>The partitions.</summary>
    IReadOnlyList<Partition> ReadPartitions(JsonElement answer);

    /// <summary>A submission as it is sent.</summary>
    JsonObject Write(JobRequest request);

    /// <summary>The requests that end elements of arrays.</summary>
    IEnumerable<RestCancel> Cancel(IReadOnlyList<SlurmJob> jobs);

    /// <summary>Why jobs were not ended, beside the answer's <c>errors</c>; Slurm's words, one for each.</summary>
    IReadOnlyList<string> NotCancelled(JsonElement answer);
}

/// <summary>What a ping tells of a cluster.</summary>
/// <param name="Controller">The machine of slurmctld; null when not told.</param>
/// <param name="Name">The cluster's name; null when not told.</param>
/// <param name="HasAccounting">True when ended jobs are kept in a database.</param>
internal sealed record RestCluster(string? Controller, string? Name, bool HasAccounting);

/// <summary>A DELETE that ends jobs.</summary>
/// <param name="Path">Where.</param>
/// <param name="Body">What is sent; null for nothing.</param>
internal sealed record RestCancel(string Path, JsonObject? Body);
