using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Serving;

/// <summary>The secrets of versions in Parameter Store, below the stack's name. ECS reads them when it starts a task.</summary>
/// <param name="stack">The stack of serving.</param>
/// <param name="options">How to connect to AWS.</param>
/// <param name="time">The clock.</param>
internal sealed class VersionSecrets(string stack, AwsOptions? options, TimeProvider time) : IDisposable
{
    private readonly ParametersClient _parameters = new(options, time);

    /// <summary>Why a secret can't be stored; null when it can.</summary>
    public static string? FaultOf(string name, string value) =>
        value.Length == 0 ? $"the secret {name} is empty, and AWS can't store it: give it a value, or remove it from `secrets`"
        : Encoding.UTF8.GetByteCount(value) is > SecretStorage.MaxBytes and var size
            ? $"the secret {name} has {size:N0} bytes, and AWS Parameter Store takes {SecretStorage.MaxBytes:N0}: put it into AWS Secrets "
                + "Manager, and let the service read it there"
        : null;

    /// <summary>Stores a version's secrets.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task StoreAsync(
        string path, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in secrets)
        {
            await _parameters.PutParameterAsync(
                new PutParameterRequest($"{path}/{name}", value)
                {
                    Description = "A secret of a served version; tenfold removes it.",
                    Tags = [new ParameterTag(ResourceTags.Stack, stack)],
                },
                cancellationToken);
        }
    }

    /// <summary>Removes a version's secrets.</summary>
    /// <returns>True when there were some.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<bool> RemoveAsync(string path, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var found in _parameters.GetParametersByPathAsync(new(path) { Recursive = true }, cancellationToken))
            names.Add(found.Name);
        foreach (var some in names.Chunk(ParametersClient.MaxNames))
            await _parameters.DeleteParametersAsync(new(some), cancellationToken);
        return names.Count > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _parameters.Dispose();
}
