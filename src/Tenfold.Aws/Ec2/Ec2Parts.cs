using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>What a target calls.</summary>
/// <param name="Ec2">EC2.</param>
/// <param name="Region">The region.</param>
/// <param name="ReadStack">Reads what the stack offers.</param>
/// <param name="ReadParameter">Reads a parameter of Systems Manager.</param>
/// <param name="CheckAccess">Checks the credentials, permissions and quotas; null for no checks.</param>
internal sealed record Ec2Parts(
    IEc2 Ec2, string Region, Func<CancellationToken, Task<StackOutputs>> ReadStack,
    Func<string, CancellationToken, Task<string>> ReadParameter,
    Func<CancellationToken, Task<IReadOnlyList<AccessCheck>>>? CheckAccess = null)
{
    /// <summary>How other services of AWS are called; null for the defaults.</summary>
    public AwsOptions? Aws { get; init; }

    /// <summary>The stack's name.</summary>
    public string Stack { get; init; } = Ec2Options.DefaultStack;
}
