namespace Tenfold.Aws.Batch.Observe;

/// <summary>Says why ECS could not start a container, in plain words with a next step.</summary>
/// <remarks>Source: ECS developer guide, "Stopped tasks error messages".</remarks>
internal static class StartFaults
{
    private const string NoRegistry =
        "its machine can't connect to the image's registry: give the subnets a way to the internet, or put the image into ECR";

    // The first row whose words both occur counts.
    private static readonly (string Part, string Detail, string Words, bool IsTransient)[] Rows =
    [
        ("Container Overrides length", "",
            "its variables are longer than the 8,192 characters that ECS allows: shorten the target's `setup`", false),
        ("CannotPull", "toomanyrequests",
            "the registry limits how often images are pulled: use the stack's pull-through cache (`tenfold infra apply`)", true),
        ("CannotPull", "no space left", "the machine's disk is full: allow larger disks (`tenfold infra apply`)", true),
        ("CannotPull", "timeout", NoRegistry, true),
        ("CannotPull", "dial tcp", NoRegistry, true),
        ("CannotPull", "no matching manifest", "the image is made for another processor: use one for linux/amd64", false),
        ("CannotPull", "not found", "there is no such image: correct the target's `image`", false),
        ("CannotPull", "does not exist",
            "there is no such image, or the execution role may not pull it: correct the target's `image`", false),
        ("CannotPull", "", "the image could not be pulled: correct the target's `image`, or let the execution role pull it", false),
        ("unable to assume the role", "",
            "ecs-tasks.amazonaws.com can't assume a role of the job: correct its trust policy, `job_role` or `execution_role`", false),
        ("ResourceInitializationError", "",
            "ECS could not prepare the task: check the execution role, and the network's way to ECR, S3 and CloudWatch Logs", false),
        ("CannotStartContainer", "executable file not found", "the image has no /bin/sh: use another image", false),
        ("CannotStartContainer", "exec format error", "the image is made for another processor: use one for linux/amd64", false),
        ("CannotStartContainer", "", "Docker could not start the container", true),
        ("CannotCreateContainer", "", "Docker could not create the container", true),
        ("DockerTimeout", "", "Docker on its machine did not answer in time", true),
        ("CannotInspectContainer", "", "ECS lost sight of the container", true),
    ];

    /// <summary>Explains a failure.</summary>
    /// <param name="statusReason">Batch's reason.</param>
    /// <param name="containerReason">ECS's reason.</param>
    /// <returns>
    /// The words, which are null when nothing says that the container could not start; and whether another try may succeed.
    /// </returns>
    public static (string? Words, bool IsTransient) Explain(string statusReason, string containerReason)
    {
        var text = $"{statusReason} {containerReason}";
        foreach (var (part, detail, words, isTransient) in Rows)
            if (Has(part) && Has(detail)) return ($"{words} (AWS: {Said(statusReason, containerReason)})", isTransient);
        return (null, false);

        bool Has(string what) => text.Contains(what, StringComparison.OrdinalIgnoreCase);
    }

    private static string Said(string statusReason, string containerReason) =>
        (containerReason.Length > 0 ? containerReason : statusReason).Trim().TrimEnd('.');
}
