using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Says what follows from each refusal to launch or start a machine, in plain words with a next step.</summary>
/// <remarks>Source: Amazon EC2 API, "Error codes for the Amazon EC2 API".</remarks>
internal static class LaunchRefusals
{
    /// <summary>True when the machine of an earlier request with the same token exists or has ended.</summary>
    /// <remarks>
    /// A link in the script differs in each request, so the parameters do too. EC2 then says that it has seen the token.
    /// </remarks>
    public static bool IsLaunchedBefore(AwsException e) => e.Code is "IdempotentParameterMismatch" or "IdempotentInstanceTerminated";

    /// <summary>True when another zone may have such a machine.</summary>
    public static bool IsOfZone(AwsException e) =>
        e.Code is "InsufficientInstanceCapacity" or "InsufficientHostCapacity" or "InsufficientReservedInstanceCapacity" or "Unsupported"
            or "InsufficientFreeAddressesInSubnet" or "SpotMaxPriceTooLow"
        || AwsTexts.IsOfZone(e);

    /// <summary>True when the whole account or region refuses at the moment, so that further requests are pointless now.</summary>
    public static bool IsGeneral(StartOutcome outcome) => outcome.Kind is StartKind.Quota or StartKind.Denied or StartKind.NoCapacity;

    /// <summary>The outcome for an attempt whose machine was refused.</summary>
    /// <param name="e">EC2's refusal.</param>
    /// <param name="machine">The machine in words, for example <c>g5.xlarge as spot</c>.</param>
    /// <param name="region">The region.</param>
    /// <exception cref="TargetException">The credentials can't be used: nothing may be concluded.</exception>
    public static StartOutcome ToOutcome(AwsException e, string machine, string region)
    {
        if (e.Fault == AwsFault.ExpiredCredentials || (e.Fault == AwsFault.Denied && e.Code != "UnauthorizedOperation"))
            throw Ec2Faults.ToTarget(e);
        var (kind, fact, text) = Explain(e, machine, region);
        return new StartOutcome(kind, Ec2Reason.Of(fact, text, e.Code, e.Detail, ("machine", machine), ("region", region)));
    }

    private static (StartKind Kind, Ec2Fact Fact, string Text) Explain(AwsException e, string machine, string region) => e.Code switch
    {
        "InsufficientInstanceCapacity" or "InsufficientHostCapacity" or "InsufficientReservedInstanceCapacity" => (
            StartKind.NoCapacity, Ec2Fact.NoCapacity,
            $"Amazon has no free {machine} in {region} now; Tenfold will retry. Set another `instance_type` or `region` if this lasts"),
        "Unsupported" or "InvalidParameterCombination" => (StartKind.Invalid, Ec2Fact.TypeNotOffered,
            $"{region} does not offer {machine} in the stack's zones: set another `instance_type` or `region` of the target ({e.Detail})"),
        "InsufficientFreeAddressesInSubnet" => (StartKind.NoCapacity, Ec2Fact.NoFreeAddress,
            "the stack's subnets have no free address; Tenfold will retry. End machines that you don't need"),
        "SpotMaxPriceTooLow" => (StartKind.NoCapacity, Ec2Fact.SpotPriceTooHigh,
            $"the spot price of {machine} in {region} is above the on-demand price now; Tenfold will retry. Or set `spot: false`"),
        "VcpuLimitExceeded" => (StartKind.Quota, Ec2Fact.QuotaReached,
            $"your account's quota of running on-demand processors is used up, so it gets no {machine}; Tenfold will retry. "
            + $"Ask for more: https://{region}.console.aws.amazon.com/servicequotas/home/services/ec2/quotas"),
        "MaxSpotInstanceCountExceeded" => (StartKind.Quota, Ec2Fact.QuotaReached,
            $"your account's quota of spot processors is used up, so it gets no {machine}; Tenfold will retry. "
            + $"Ask for more: https://{region}.console.aws.amazon.com/servicequotas/home/services/ec2/quotas"),
        "InstanceLimitExceeded" => (StartKind.Quota, Ec2Fact.QuotaReached,
            $"your account's quota of machines of this type is used up; Tenfold will retry. Ask for more, or use another `instance_type`"),
        "UnauthorizedOperation" => (StartKind.Denied, Ec2Fact.LaunchDenied,
            "your AWS identity may not launch the machine: allow it ec2:RunInstances, ec2:CreateTags and iam:PassRole of the stack's role. "
            + "`aws sts decode-authorization-message` decodes Amazon's reason" + Quote(e.Detail)),
        "PendingVerification" => (StartKind.NoCapacity, Ec2Fact.AccountNotVerified,
            "Amazon still verifies your account for this region; Tenfold will retry"),
        "IncorrectInstanceState" => (StartKind.NoCapacity, Ec2Fact.InstanceStopping,
            "the machine is still stopping; Tenfold will retry"),
        _ => e.Fault switch
        {
            AwsFault.Throttled => (StartKind.NoCapacity, Ec2Fact.Throttled,
                "EC2 receives too many requests from your account; Tenfold will retry"),
            AwsFault.Server or AwsFault.Transport => (StartKind.NoCapacity, Ec2Fact.LaunchUnanswered,
                "EC2 gave no answer to the launch; Tenfold will retry"),
            AwsFault.Limit => (StartKind.Quota, Ec2Fact.QuotaReached,
                $"a quota of your account is used up; Tenfold will retry{Quote(e.Detail)}"),
            AwsFault.NotFound => (StartKind.NoCapacity, Ec2Fact.StackIncomplete,
                $"a part of the stack is missing; Tenfold will retry. See `tenfold infra status`{Quote(e.Detail)}"),
            _ => (StartKind.Invalid, Ec2Fact.LaunchRefused, $"EC2 refused the machine{Quote($"{e.Code}: {e.Detail}")}"),
        },
    };

    private static string Quote(string detail) => detail.Length > 0 ? $" (EC2: {detail})" : "";
}
