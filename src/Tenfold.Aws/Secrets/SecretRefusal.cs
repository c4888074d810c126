using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Secrets;

/// <summary>Why secrets could not be stored for jobs.</summary>
/// <param name="Kind">Whether another try may succeed.</param>
/// <param name="Words">What happened, and what to do.</param>
internal sealed record SecretRefusal(StartKind Kind, string Words)
{
    /// <summary>AWS's own code; null when AWS refused nothing.</summary>
    public string? Code { get; init; }

    /// <summary>The secrets that this shell has not, and that no other has stored; null when none is missing.</summary>
    public IReadOnlyList<string>? MissingNames { get; init; }

    /// <summary>This shell lacks secrets.</summary>
    public static SecretRefusal Missing(IReadOnlyList<string> names) =>
        new(StartKind.Invalid, $"this shell has no value for the secret {string.Join(", ", names)}: set the variable, then retry the run")
        {
            MissingNames = names,
        };

    /// <summary>No session of the group's user has stored the secrets yet.</summary>
    public static SecretRefusal OfOtherUser(IReadOnlyList<string> names, string user) =>
        new(StartKind.NoCapacity,
            $"the secret {string.Join(", ", names)} is not stored in AWS Parameter Store, and only {user}, who made the group, "
            + $"supplies it: {user} runs `tenfold runs` in a shell that has it");

    /// <summary>AWS refused a call, or gave no answer.</summary>
    public static SecretRefusal From(AwsException e, string path)
    {
        var kind = e.Fault switch
        {
            AwsFault.Denied => StartKind.Denied,
            AwsFault.Limit => StartKind.Quota,
            AwsFault.Invalid => StartKind.Invalid,
            _ => StartKind.NoCapacity,
        };
        var advice = kind == StartKind.Denied
            ? "; you need ssm:PutParameter, ssm:AddTagsToResource, ssm:GetParameters, ssm:GetParametersByPath and ssm:DeleteParameters on "
                + path
            : "";
        return new SecretRefusal(kind, $"the secrets of the runs could not be stored in AWS Parameter Store ({e.Message}){advice}")
        {
            Code = e.Code,
        };
    }
}
