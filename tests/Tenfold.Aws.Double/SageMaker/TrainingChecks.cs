using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Aws.Double.Quotas;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>What CreateTrainingJob refuses, beside what its model forbids.</summary>
internal sealed partial class TrainingChecks(QuotasService quotas)
{
    private const int MaxTags = 50;

    public void Check(JsonObject input, IReadOnlyCollection<TrainingJob> jobs)
    {
        var name = input.Text("TrainingJobName")!;
        if (jobs.Any(job => job.Name == name))
            throw new AwsErrorException(400, "ResourceInUse",
                $"Training job names must be unique within an AWS account and region. A training job with name {name} already exists");
        foreach (var member in (string[])["AlgorithmSpecification", "ResourceConfig", "StoppingCondition"])
            if (input[member] is null) throw Invalid($"{member} is required");
        CheckImage(input["AlgorithmSpecification"].Text("TrainingImage"));
        CheckTimes(input);
        if (input.Items("Tags").Count > MaxTags) throw Invalid("At most 50 tags are allowed");
        CheckQuota(input, jobs);
    }

    private static void CheckImage(string? image)
    {
        if (image is null) throw Invalid("You must specify either an algorithm name or a training image");
        if (!PrivateImage().IsMatch(image))
            throw Invalid(
                $"Invalid image URI {image}. Training images must be in a private Amazon ECR repository, or in a registry in your VPC");
    }

    private static void CheckTimes(JsonObject input)
    {
        var (condition, isSpot) = (input["StoppingCondition"], input.Flag("EnableManagedSpotTraining"));
        var (runtime, wait) = (condition.Number("MaxRuntimeInSeconds") ?? 86_400, condition.Number("MaxWaitTimeInSeconds"));
        if (isSpot && wait is null) throw Invalid("MaxWaitTimeInSeconds must be specified when EnableManagedSpotTraining is true");
        if (!isSpot && wait is not null) throw Invalid("MaxWaitTimeInSeconds can only be specified with EnableManagedSpotTraining");
        if (wait < runtime) throw Invalid(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds");
        if (isSpot && input["ResourceConfig"].Number("KeepAlivePeriodInSeconds") is not null)
            throw Invalid("KeepAlivePeriodInSeconds is not supported for managed spot training");
    }

    // Spot has a quota of its own. A type without a quota here is not limited.
    private void CheckQuota(JsonObject input, IReadOnlyCollection<TrainingJob> jobs)
    {
        var type = input["ResourceConfig"].Text("InstanceType") ?? "";
        var isSpot = input.Flag("EnableManagedSpotTraining");
        var quota = $"{type} for {(isSpot ? "spot " : "")}training job usage";
        if (quotas.Of("sagemaker", quota) is not { } limit) return;
        var used = jobs.Where(job => !job.HasEnded && job.Request["ResourceConfig"].Text("InstanceType") == type
            && job.Request.Flag("EnableManagedSpotTraining") == isSpot).Sum(Count);
        var wanted = input["ResourceConfig"].Number("InstanceCount") ?? 1;
        if (used + wanted > limit)
            throw new AwsErrorException(400, "ResourceLimitExceeded",
                $"The account-level service limit '{quota}' is {limit} Instances, with current utilization of {used} Instances and a " +
                $"request delta of {wanted} Instances. Please use AWS Service Quotas to request an increase for this quota.");
    }

    private static int Count(TrainingJob job) => job.Request["ResourceConfig"].Number("InstanceCount") ?? 1;

    private static AwsErrorException Invalid(string message) => new(400, "ValidationException", message);

    [GeneratedRegex(@"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[^:@]+([:@].+)?$")]
    private static partial Regex PrivateImage();
}
