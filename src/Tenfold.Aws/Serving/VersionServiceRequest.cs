using System.Security.Cryptography;
using System.Text;
using Tenfold.Aws.Batch.Submit;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Serving;

/// <summary>A version that is to run as a service of ECS.</summary>
public sealed record VersionServiceRequest
{
    private const int MaxReadable = 40, HashDigits = 10;

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>The program with which its tasks begin.</summary>
    public required AgentArchive Program { get; init; }

    /// <summary>The key of the version's record in the store.</summary>
    public required string RecordKey { get; init; }

    /// <summary>The record's SHA-256. A task serves nothing else.</summary>
    public required string RecordSha256 { get; init; }

    /// <summary>The image in which its tasks run; null for the stack's own.</summary>
    public string? Image { get; init; }

    /// <summary>The values of its secrets, by name.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary>The size of a task.</summary>
    public required TaskSize Size { get; init; }

    /// <summary>How many tasks run, and how many when there is little traffic.</summary>
    public required int Tasks { get; init; }

    /// <summary>How many tasks run at most.</summary>
    public required int MaxTasks { get; init; }

    /// <summary>How long a task may take until it is healthy.</summary>
    public required TimeSpan StartTimeout { get; init; }

    /// <summary>The requests a minute for each task, above which more tasks start.</summary>
    public int RequestsPerTask { get; init; } = 600;

    /// <summary>How long a task that is to end still accepts requests, so that every gateway knows of it before.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>The user's variables: tasks use the same endpoints.</summary>
    public required IReadOnlyDictionary<string, string> Session { get; init; }

    /// <summary>
    /// The name of a version's service, and of its task definitions. A part of a hash keeps names apart that differ only in signs that ECS
    /// does not allow.
    /// </summary>
    public static string NameOf(string model, string version)
    {
        var readable = string.Concat($"{model}-{version}".Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{model}\n{version}")));
        return $"{(readable.Length <= MaxReadable ? readable : readable[..MaxReadable])}-{hash[..HashDigits]}";
    }
}

/// <summary>The size of a task on Fargate.</summary>
/// <param name="Cpus">The vCPUs.</param>
/// <param name="MemoryMiB">The memory in MiB.</param>
public sealed record TaskSize(double Cpus, int MemoryMiB)
{
    /// <summary>The smallest size that Fargate has for a need; null when it has none.</summary>
    /// <param name="cpus">The vCPUs; null for one.</param>
    /// <param name="memoryMiB">The memory in MiB; null for the least that Fargate has with so many vCPUs.</param>
    public static TaskSize? Fit(double? cpus, int? memoryMiB) =>
        FargateSizes.Fit(cpus ?? 1, memoryMiB) is { } size ? new TaskSize(size.Cpus, size.MemoryMiB) : null;
}
