using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Cleaning;

/// <summary>
/// Finds what is left in a region of the user's account, also when no target can be used there because its stack is gone or half-made.
/// Machines, disks, training jobs and secrets carry the ledger's id. Stacks and what belongs to them carry the name of a stack that the
/// project uses.
/// </summary>
public sealed class RegionLeftovers : ISearchesServices, IDisposable
{
    private readonly IReadOnlyList<AwsStack> _stacks;
    private readonly AwsOptions _options;
    private readonly TimeProvider _time;
    private readonly Ec2Client _ec2;

    /// <summary>Makes no request yet.</summary>
    /// <param name="stacks">The names of the stacks that the project's targets use in the region.</param>
    /// <param name="options">How to connect to AWS.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
    public RegionLeftovers(IReadOnlyList<string> stacks, AwsOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _ec2 = new Ec2Client(options, time);
        _stacks = [.. stacks.Select(name => new AwsStack(name, options, time))];
    }

    /// <summary>Opens each region once, also when some targets name it and others take it from the user's settings.</summary>
    /// <param name="stacks">The regions and stacks that the project's targets name; null for the region of the settings.</param>
    /// <param name="options">How to connect to AWS.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fail">Receives a region that can't be opened, and why.</param>
    public static IReadOnlyList<RegionLeftovers> Open(
        IEnumerable<(string? Region, string Stack)> stacks, AwsOptions options, TimeProvider time, Action<string?, AwsException> fail)
    {
        var resolved = new List<(string Region, string Stack)>();
        foreach (var named in stacks.GroupBy(one => one.Region ?? options.Region, one => one.Stack))
        {
            try
            {
                using var any = new AwsStack(named.First(), options with { Region = named.Key }, time);
                resolved.AddRange(named.Select(stack => (any.Region, stack)));
            }
            catch (AwsException e)
            {
                fail(named.Key, e);
            }
        }

        return
        [
            .. resolved.GroupBy(one => one.Region, one => one.Stack).Select(region => new RegionLeftovers(
                [.. region.Distinct()], options with { Region = region.Key }, time)),
        ];
    }

    /// <summary>The region.</summary>
    public string Region => _stacks[0].Region;

    /// <summary>The names of the stacks.</summary>
    internal IEnumerable<string> Stacks => _stacks.Select(stack => stack.Name);

    /// <summary>The pause between two calls that ask how far a deletion is; null for the default.</summary>
    internal TimeSpan? Pace { get; init; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TargetLeftover>> FindLeftoversAsync(string ledger, CancellationToken cancellationToken)
    {
        var found = new List<TargetLeftover>();
        foreach (var search in Searches) found.AddRange(await search.FindLeftoversAsync(ledger, cancellationToken));
        return found;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IFindsLeftovers> Searches =>
    [
        new Search(async (ledger, token) => await new RegionMachines(_ec2).FindAsync(ledger, token)),
        new Search(async (ledger, token) => await new TrainingLeftovers(_options, _time).FindAsync(ledger, token)),
        .. _stacks.Select(stack => stack.Name).Append(null)
            .Select(stack => new Search((ledger, token) => FindSecretsAsync(stack, ledger, token))),
        .. _stacks.Select(stack => new Search(async (_, token) => await new StackLeftovers(stack, Pace, _time).FindAsync(token))),
        new Search(async (_, token) => await new DefinitionLeftovers(_options, _time).FindAsync(
            [.. _stacks.Select(stack => stack.Name)], token)),
    ];

    // A stack may be gone, and a queue of the user's own belongs to none.
    private async Task<IEnumerable<TargetLeftover>> FindSecretsAsync(string? stack, string ledger, CancellationToken cancellationToken)
    {
        var secrets = new SecretStorage(_options, user: "", _ => null, _time);
        var groups = await secrets.ListGroupsAsync(stack, ledger, cancellationToken);
        return groups.Select(group => new TargetLeftover($"secrets of {group}", "no run of the group needs them")
        {
            Kind = LeftoverKind.Resource,
            Group = group,
            RemoveAsync = token => RemoveAsync(() => secrets.RemoveAsync(stack, ledger, [group], token)),
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ec2.Dispose();
        foreach (var stack in _stacks) stack.Dispose();
    }

    /// <summary>Removes something. What is gone already counts as removed.</summary>
    /// <exception cref="TargetException">AWS refused the call, or gave no answer.</exception>
    internal static async Task RemoveAsync(Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // Another process has removed it.
        }
        catch (AwsException e)
        {
            throw new TargetException($"{e.Message}.", e);
        }
    }

    /// <summary>A search that calls one service, or the services of one stack.</summary>
    private sealed class Search(Func<string, CancellationToken, Task<IEnumerable<TargetLeftover>>> find) : IFindsLeftovers
    {
        public async Task<IReadOnlyList<TargetLeftover>> FindLeftoversAsync(string ledger, CancellationToken cancellationToken)
        {
            try
            {
                return [.. await find(ledger, cancellationToken)];
            }
            catch (AwsException e)
            {
                throw new TargetException($"{e.Message}.", e);
            }
        }
    }
}
