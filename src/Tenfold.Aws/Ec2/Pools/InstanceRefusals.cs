using Tenfold.Aws.Wire;
using Tenfold.Core.Pools;

namespace Tenfold.Aws.Ec2.Pools;

/// <summary>Says what follows from each refusal to start or stop a machine that exists, in plain words with a next step.</summary>
/// <remarks>Source: Amazon EC2 API, "Error codes for the Amazon EC2 API".</remarks>
internal static class InstanceRefusals
{
    /// <summary>Explains a refusal.</summary>
    /// <param name="e">EC2's refusal.</param>
    /// <param name="id">The machine.</param>
    /// <param name="region">The region.</param>
    /// <param name="permission">The permission that the call needs.</param>
    /// <exception cref="Core.Targets.TargetException">The credentials can't be used: nothing may be concluded.</exception>
    public static InstanceRefusal Explain(AwsException e, string id, string region, string permission)
    {
        if (e.Fault == AwsFault.ExpiredCredentials || (e.Fault == AwsFault.Denied && e.Code != "UnauthorizedOperation"))
            throw Ec2Faults.ToTarget(e);
        var (kind, words) = Explain(e.Code, e.Fault, id, region, permission);
        var detail = kind is InstanceRefusalKind.Other or InstanceRefusalKind.Denied && e.Detail.Length > 0 ? $" (EC2: {e.Detail})" : "";
        return new InstanceRefusal(kind, words + detail, e.Code is { Length: > 0 } code ? code : null);
    }

    private static (InstanceRefusalKind Kind, string Words) Explain(
        string code, AwsFault fault, string id, string region, string permission) => code switch
        {
            "InsufficientInstanceCapacity" or "InsufficientHostCapacity" or "InsufficientReservedInstanceCapacity" => (
                InstanceRefusalKind.NoCapacity,
                $"Amazon has no free machine of the type of {id} in its zone now; Tenfold tries again. If this lasts, change the type of "
                + "the stopped instance, or list machines of another zone"),
            "VcpuLimitExceeded" or "MaxSpotInstanceCountExceeded" or "InstanceLimitExceeded" => (
                InstanceRefusalKind.Quota,
                $"your account's quota of running processors is used up, so {id} can't start; Tenfold tries again. "
                + $"Ask for more: https://{region}.console.aws.amazon.com/servicequotas/home/services/ec2/quotas"),
            "UnauthorizedOperation" => (
                InstanceRefusalKind.Denied,
                $"your AWS identity may not do this to {id}: allow it {permission} "
                + "(`aws sts decode-authorization-message` decodes Amazon's reason)"),
            "IncorrectInstanceState" or "IncorrectState" => (
                InstanceRefusalKind.WrongState, $"{id} is just changing its state; Tenfold tries again"),
            "UnsupportedOperation" => (
                InstanceRefusalKind.Other,
                $"{id} can't be started or stopped: is it a one-time spot machine? List others under `instances`"),
            _ when fault == AwsFault.NotFound => (
                InstanceRefusalKind.Gone, $"there is no machine {id} in {region}: correct `instances` or `region` of the target"),
            _ when fault == AwsFault.Throttled => (
                InstanceRefusalKind.NoAnswer, "EC2 receives too many requests from your account; Tenfold tries again"),
            _ when fault is AwsFault.Server or AwsFault.Transport => (
                InstanceRefusalKind.NoAnswer, $"EC2 gave no answer about {id}; Tenfold tries again"),
            _ when fault == AwsFault.Capacity => (
                InstanceRefusalKind.NoCapacity, $"Amazon has no free machine for {id} now; Tenfold tries again"),
            _ when fault == AwsFault.Limit => (
                InstanceRefusalKind.Quota, $"a quota of your account is used up, so {id} can't start; Tenfold tries again"),
            _ => (InstanceRefusalKind.Other, $"EC2 refused {id} ({code}): look at it in AWS's console, or take it from `instances`"),
        };
}
