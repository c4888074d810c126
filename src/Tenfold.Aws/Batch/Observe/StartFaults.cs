namespace Tenfold.Aws.Batch.Observe;

/// <summary>Says why ECS could not start a container, in plain words with a next step.</summary>
/// <remarks>Source: ECS developer guide, "Stopped tasks error messages".</remarks>
internal static class StartFaults
{
    private const string NoRegistry =
        "its machine can't connect to the image's registry: give the subnets a way to the internet, or put the image into ECR";

    // The first row whose words both occur counts.
    private static readonly (string Part, string Detail, BatchFact Fact, string Words, bool IsTransient)[] Rows =
    [
        ("Container Overrides length", "", BatchFact.VariablesTooLong,
            "its variables are longer than the 8,192 characters that ECS allows: shorten the target's `setup`", false),
        ("CannotPull", "toomanyrequests", BatchFact.RegistryLimit,
            "the registry limits how often images are pulled: use the stack's pull-through cache (`tenfold infra apply`)", true),
        ("CannotPull", "no space left", BatchFact.DiskFull, "the machine's disk is full: allow larger disks (`tenfold infra apply`)", true),
        ("CannotPull", "timeout", BatchFact.RegistryUnreachable, NoRegistry, true),
        ("CannotPull", "dial tcp", BatchFact.RegistryUnreachable, NoRegistry, true),
        ("CannotPull", "no matching manifest", BatchFact.WrongProcessor,
            "the image is made for another processor: use one for linux/amd64", false),
        ("CannotPull", "not found", BatchFact.ImageNotFound, "there is no such image: correct the target's `image`", false),
        ("CannotPull", "does not exist", BatchFact.ImageNotFound,
            "there is no such image, or the execution role may not pull it: correct the target's `image`", false),
        ("CannotPull", "", BatchFact.ImageNotPulled,
            "the image could not be pulled: correct the target's `image`, or let the execution role pull it", false),
        ("unable to assume the role", "", BatchFact.RoleNotAssumed,
            "ecs-tasks.amazonaws.com can't assume a role of the job: correct its trust policy, `job_role` or `execution_role`", false),
        ("ResourceInitializationError", "", BatchFact.TaskNotPrepared,
            "ECS could not prepare the task: check the execution role, and the network's way to ECR, S3 and CloudWatch Logs", false),
        ("CannotStartContainer", "executable file not found", BatchFact.ShellMissing, "the image has no /bin/sh: use another image", false),
        ("CannotStartContainer", "exec format error", BatchFact.WrongProcessor,
            "the image is made for another processor: use one for linux/amd64", false),
        ("CannotStartContainer", "", BatchFact.ContainerNotStarted, "Docker could not start the container", true),
        ("CannotCreateContainer", "", BatchFact.ContainerNotStarted, "Docker could not create the container", true),
        ("DockerTimeout", "", BatchFact.DockerSilent, "Docker on its machine did not answer in time", true),
        ("CannotInspectContainer", "", BatchFact.ContainerLost, "ECS lost sight of the container", true),
    ];

    /// <summary>Explains a failure.</summary>
    /// <param name="statusReason">Batch's reason.</param>
    /// <param name="containerReason">ECS's reason.</param>
    /// <returns>
    /// What kept the container from starting, and whether another try may succeed; null when nothing says that it could not start.
    /// </returns>
    public static (BatchFact Fact, string Words, bool IsTransient)? Explain(string statusReason, string containerReason)
    {
        var text = $"{statusReason} {containerReason}";
        foreach (var (part, detail, fact, words, isTransient) in Rows)
            if (Has(part) && Has(detail)) return (fact, $"{words} (AWS: {Said(statusReason, containerReason)})", isTransient);
        return null;

        bool Has(string what) => text.Contains(what, StringComparison.OrdinalIgnoreCase);
    }

    private static string Said(string statusReason, string containerReason) =>
        (containerReason.Length > 0 ? containerReason : statusReason).Trim().TrimEnd('.');
}
