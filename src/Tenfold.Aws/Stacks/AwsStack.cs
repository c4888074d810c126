using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Images;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>
/// A stack in a region, whether or not it exists: the connection that planning, applying, inspecting and destroying it share.
/// </summary>
/// <param name="name">The stack's name.</param>
/// <param name="options">How to connect to AWS; null for the defaults.</param>
/// <param name="time">The clock; null for the system's.</param>
/// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
public sealed class AwsStack(string name, AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    /// <summary>The default name.</summary>
    public const string DefaultName = "tenfold";

    /// <summary>The end of the name of a stack of serving.</summary>
    public const string ServingSuffix = "-serving";

    private const int LongestName = 23;

    /// <summary>The stack's name.</summary>
    public string Name => name;

    /// <summary>The region.</summary>
    public string Region => Client.Region;

    /// <summary>The tag that each resource of the stack has, with the stack's name as its value.</summary>
    internal const string Tag = "tenfold:stack";

    internal StacksClient Client { get; } = new(options, time);

    internal AwsOptions? Options => options;

    internal TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>An S3 server other than that of the other services; null for none.</summary>
    internal string? StorageEndpoint { get; init; }

    /// <summary>The pause between two calls that ask how far AWS is.</summary>
    internal TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long faults of the network or of AWS itself are borne in a row while AWS works.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Says why a text can't be the name of a stack; null when it can.</summary>
    public static string? NameFault(string name) =>
        name.Length is 0 or > LongestName ? $"it must have 1 to {LongestName} characters, because names of image repositories contain it"
        : !char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || name.EndsWith('-') || name.Contains("--", StringComparison.Ordinal)
            ? "it may have lower-case letters, digits and single hyphens only, and begins with a letter"
        : null;

    /// <summary>Opens the stack's repository of images; null when no living stack has the name.</summary>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    public async Task<EcrRegistry?> OpenRegistryAsync(CancellationToken cancellationToken)
    {
        using var reader = new StackOutputsReader(name, options, Time);
        return await reader.ReadAsync(cancellationToken) is StackLookup.Ready { Outputs.Repository: var repository }
            ? new EcrRegistry(repository, (options ?? new AwsOptions()) with { Region = Region }, Time) : null;
    }

    /// <summary>The stack of serving beside this stack, in the same region.</summary>
    public AwsStack OpenServing() => new($"{name}{ServingSuffix}", options is null ? new() { Region = Region } : options, time)
    {
        StorageEndpoint = StorageEndpoint,
        Pace = Pace,
        Patience = Patience,
    };

    /// <summary>Reads what this stack offers, if it is a stack of serving.</summary>
    /// <returns>The outputs; or why it can't be used, and what to do.</returns>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    public Task<ServingLookup> ReadServingAsync(CancellationToken cancellationToken) =>
        ServingOutputs.ReadAsync(Client, Name, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    /// <summary>Finds the living stack with the name, or the stack with an ARN, which may be deleted; null for none.</summary>
    internal async Task<Stack?> FindAsync(string nameOrId, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var found in Client.DescribeStacksAsync(new() { StackName = nameOrId }, cancellationToken)) return found;
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // CloudFormation answers so for a name that no living stack has.
        }

        return null;
    }

    internal Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(Pace, Time, cancellationToken);
}
