using Tenfold.Core.Attempts;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>
/// Reads FailureReason, which is the only place where SageMaker says why a job failed. Its texts are read here alone, and become facts.
/// </summary>
/// <remarks>
/// Source: SageMaker API, DescribeTrainingJob; the texts are those that public programs and issues quote: "AlgorithmError: …, exit code:
/// 1", "ClientError: …", "InternalServerError: …", "CapacityError: Unable to provision requested ML compute capacity…".
/// </remarks>
internal static class FailureReasons
{
    // The first row whose texts both occur counts.
    private static readonly (string Kind, string Part, SageMakerFact Fact, Ending? End, string Words)[] Rows =
    [
        ("CapacityError", "", SageMakerFact.NoCapacity, Ending.Lost,
            "AWS has no free machine of its type: the next attempt tries again; name another `instance_type` or `region`, or wait"),
        ("InternalServerError", "", SageMakerFact.ServiceFailed, Ending.Lost, "SageMaker or its machine failed"),
        ("ClientError", "No S3 objects found", SageMakerFact.InputMissing, Ending.NotStarted,
            "SageMaker found no agent in the store: 'tenfold retry' the run, and let the job's role list and read the bucket"),
        ("ClientError", "Data download failed", SageMakerFact.InputMissing, Ending.NotStarted,
            "SageMaker could not read the store: let the job's role read the bucket (`tenfold infra apply`, or the target's `role`)"),
        ("ClientError", "AccessDenied", SageMakerFact.RoleDenied, Ending.NotStarted,
            "the job's role lacks a permission: add it to the target's `role`, or run `tenfold infra apply`"),
        ("ClientError", "not authorized", SageMakerFact.RoleDenied, Ending.NotStarted,
            "the job's role lacks a permission: add it to the target's `role`, or run `tenfold infra apply`"),
        ("ClientError", "assume", SageMakerFact.RoleDenied, Ending.NotStarted,
            "SageMaker can't use the job's role: let sagemaker.amazonaws.com assume it, or run `tenfold infra apply`"),
        ("ClientError", "image", SageMakerFact.ImageRefused, Ending.NotStarted,
            "the image can't be pulled: correct the target's `image`, and let the job's role pull it from ECR"),
        ("ClientError", "exec format", SageMakerFact.ImageRefused, Ending.NotStarted,
            "the image is made for another processor: use one for linux/amd64"),
        ("ClientError", "", SageMakerFact.JobInvalid, Ending.NotStarted, "SageMaker can't execute its job"),
    ];

    /// <summary>Reads a reason.</summary>
    /// <returns>
    /// The fact, how the attempt ended when its agent reported no end, and the words. <see cref="SageMakerFact.EndNotReported"/> when only
    /// the container's exit code says something.
    /// </returns>
    public static (SageMakerFact Fact, Ending? End, string Words) Read(string reason)
    {
        foreach (var (kind, part, fact, end, words) in Rows)
            if (reason.StartsWith(kind, StringComparison.OrdinalIgnoreCase) && reason.Contains(part, StringComparison.OrdinalIgnoreCase))
                return (fact, end, words);
        return (SageMakerFact.EndNotReported, null, "its training job failed, and its agent never reported an end");
    }
}
