using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Secrets;

/// <summary>
/// Passes secrets to jobs by Systems Manager's Parameter Store, which encrypts them. A job's request, its machine and the store have only
/// the path; the job reads the values with its own role. A group's secrets are stored once, and removed when its runs have ended.
/// </summary>
/// <remarks>Decision 26 says why.</remarks>
/// <param name="options">How to connect to AWS.</param>
/// <param name="user">The user of this host's session.</param>
/// <param name="secrets">The secrets that this host has.</param>
/// <param name="time">The clock.</param>
internal sealed class SecretStorage(AwsOptions options, string user, SecretSource secrets, TimeProvider time)
{
    /// <summary>The largest value in bytes that Parameter Store takes without a charge.</summary>
    public const int MaxBytes = 4096;

    private readonly Lazy<ParametersClient> _parameters = new(() => new ParametersClient(options, time));
    private readonly RecentlyUsed<string, bool> _stored = new(TimeSpan.FromHours(1), time);

    /// <summary>Says why secrets can never be passed; empty when nothing is known to be in the way.</summary>
    public IEnumerable<string> FaultsOf(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (secrets(name) is not { } value) continue;
            if (value.Length == 0)
                yield return $"the secret {name} is empty, and AWS can't store it: give it a value, or remove it from `secrets`";
            if (Encoding.UTF8.GetByteCount(value) is > MaxBytes and var size)
            {
                yield return $"the secret {name} has {size:N0} bytes, and AWS Parameter Store takes {MaxBytes:N0}: "
                    + "put it into AWS Secrets Manager, and let the script read it there";
            }
        }
    }

    /// <summary>
    /// Stores the secrets of the attempts' groups. Idempotent. Only a session of the group's user supplies values; in other sessions,
    /// runs get the values that are stored, or they wait.
    /// </summary>
    /// <returns>Why they could not be stored, for each group of which that is true.</returns>
    public async Task<IReadOnlyDictionary<string, SecretRefusal>> StoreAsync(
        IEnumerable<Assignment> assignments, string? stack, CancellationToken cancellationToken)
    {
        var refusals = new Dictionary<string, SecretRefusal>();
        foreach (var group in assignments.Where(one => one.Spec.Secrets.Count > 0).DistinctBy(one => one.Group))
            if (await StoreAsync(group, stack, cancellationToken) is { } refusal) refusals[group.Group] = refusal;
        return refusals;
    }

    /// <summary>Removes the secrets of groups that have ended. Idempotent.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task RemoveAsync(string? stack, string ledger, IEnumerable<string> groups, CancellationToken cancellationToken)
    {
        foreach (var path in groups.Select(group => SecretPath.OfGroup(stack, ledger, group)))
        {
            _stored.Remove(path);
            var names = await ListAsync(path, cancellationToken);
            foreach (var chunk in names.Chunk(ParametersClient.MaxNames))
                await _parameters.Value.DeleteParametersAsync(new(chunk), cancellationToken);
        }
    }

    /// <summary>Finds the groups of a ledger that have secrets.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<IReadOnlyList<string>> ListGroupsAsync(string? stack, string ledger, CancellationToken cancellationToken)
    {
        var path = SecretPath.OfLedger(stack, ledger);
        var names = await ListAsync(path, cancellationToken);
        return [.. names.Select(name => SecretPath.GroupOf(path, name)).OfType<string>().Distinct()];
    }

    private async Task<SecretRefusal?> StoreAsync(Assignment assignment, string? stack, CancellationToken cancellationToken)
    {
        var path = SecretPath.OfGroup(stack, assignment.Ledger, assignment.Group);
        var names = assignment.Spec.Secrets;
        // In a shared ledger, a colleague's shell may have other values by the same names.
        var isOther = assignment.Spec.User is { } owner && owner != user;
        List<string> here = isOther ? [] : [.. names.Where(name => secrets(name) is not null)];
        if (FaultsOf(here).ToList() is { Count: > 0 } faults) return new SecretRefusal(StartKind.Invalid, string.Join("; ", faults));
        try
        {
            // Another process may have stored them for an earlier attempt, or removed them when the group had ended.
            var isStored = _stored.TryGet(path, out _);
            var missing = await FindMissingAsync(path, [.. isStored ? names : names.Except(here)], cancellationToken);
            if (missing.Except(here).ToList() is { Count: > 0 } nowhere)
                return isOther ? SecretRefusal.OfOtherUser(nowhere, assignment.Spec.User!) : SecretRefusal.Missing(nowhere);
            foreach (var name in isStored ? missing : here) await PutAsync(path, name, assignment, stack, cancellationToken);
            _stored.Set(path, true);
            return null;
        }
        catch (AwsException e)
        {
            return SecretRefusal.From(e, path);
        }
    }

    private async Task PutAsync(
        string path, string name, Assignment assignment, string? stack, CancellationToken cancellationToken)
    {
        var request = new PutParameterRequest($"{path}/{name}", secrets(name)!) { Description = "A secret of runs; tenfold removes it." };
        try
        {
            var tags = ResourceTags.Of([assignment], stack).Where(tag => tag.Key != ResourceTags.Attempt);
            await _parameters.Value.PutParameterAsync(
                request with { Tags = [.. tags.Select(tag => new ParameterTag(tag.Key, tag.Value))] }, cancellationToken);
        }
        catch (AwsException e) when (e.Fault == AwsFault.Conflict)
        {
            // An earlier controller stored it. The value of this shell is the newer one, if both shells are the same user's.
            if (assignment.Spec.User is null) return;
            await _parameters.Value.PutParameterAsync(request with { Overwrite = true }, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> FindMissingAsync(string path, List<string> names, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var chunk in names.Chunk(ParametersClient.MaxNames))
        {
            var answer = await _parameters.Value.GetParametersAsync(new([.. chunk.Select(name => $"{path}/{name}")]), cancellationToken);
            missing.AddRange(answer.InvalidParameters.Select(name => name[(path.Length + 1)..]));
        }

        return missing;
    }

    private async Task<List<string>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var found in _parameters.Value.GetParametersByPathAsync(new(path) { Recursive = true }, cancellationToken))
            names.Add(found.Name);
        return names;
    }
}
