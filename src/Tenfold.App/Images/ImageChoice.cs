using Tenfold.App.Infrastructure;
using Tenfold.App.Targets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Images;

/// <summary>The container image in which a group's runs execute.</summary>
/// <param name="Spec">The image by its digest, as the group records it; null when the project names no image.</param>
/// <param name="Note">What the user should know; null for nothing.</param>
internal sealed record ImageChoice(EnvironmentSpec? Spec, string? Note)
{
    /// <summary>Finds the image that a project names, or that was built from its Dockerfile.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="located">The project.</param>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image; or a refusal: the target runs no images, or the image was not pushed.</returns>
    public static async Task<Outcome<ImageChoice>> MakeAsync(
        Services services, LocatedProject located, PlannedTarget target, CancellationToken cancellationToken)
    {
        var environment = located.Project.Train.Environment;
        if (environment.Kind is not (EnvironmentKind.Image or EnvironmentKind.Dockerfile)) return new ImageChoice(null, null);
        var reference = environment.Reference!;
        var kind = target.Settings.Kind;
        if (!TargetKinds.Declarations.Any(declaration => declaration.Kind == kind && declaration.RunsImages))
        {
            var kinds = string.Join(", ", TargetKinds.Declarations.Where(one => one.RunsImages).Select(one => one.Kind));
            return Refusal.Unavailable(
                $"train.environment: {reference} is a container image, and {target.Name} runs none: use a target of the kind {kinds}, or "
                + "set it to requirements.txt, environment.yml or system");
        }

        if (environment.Kind == EnvironmentKind.Dockerfile) return await FindBuiltAsync(services, located, target, cancellationToken);
        if (reference.Contains("@sha256:", StringComparison.Ordinal)) return Of(reference);
        return await new RegistryLookup(services.Time).FindAsync(reference, cancellationToken) is { } digest
            ? Of($"{RegistryLookup.Split(reference).Repository}@{digest}")
            : new ImageChoice(
                new EnvironmentSpec(EnvironmentSpec.ImageKind, reference),
                $"the registry did not say which digest {reference} has, so a later run may get another image: name it by its digest");
    }

    private static async Task<Outcome<ImageChoice>> FindBuiltAsync(
        Services services, LocatedProject located, PlannedTarget target, CancellationToken cancellationToken)
    {
        var read = await ImageRecipe.ReadAsync(services, located, baseImage: null, cancellationToken);
        if (!read.Succeeded(out var recipe, out var refusal)) return refusal;
        var place = new StackPlace(target.Name, null, null);
        if (!place.Resolve(services, located.Folder).Succeeded(out var stack, out refusal)) return refusal;
        using var opened = stack;
        try
        {
            using var ecr = await stack.OpenRegistryAsync(cancellationToken);
            if (ecr is null)
            {
                return Refusal.Unavailable(
                    $"{target.Name} has no stack whose repository could have the image: push it with `tenfold image push --registry "
                    + "HOST/NAME`, and set train.environment to what that prints");
            }

            return await ecr.FindAsync(recipe.Tag, cancellationToken) is { } digest
                ? Of($"{ecr.Repository}@{digest}")
                : Refusal.Unavailable(
                    $"{ecr.Repository} has no image of {located.Project.Train.Environment.Reference} as it is now: run `tenfold image push "
                    + $"--on {target.Name}`");
        }
        catch (AwsException e)
        {
            return Refusal.Unavailable(e.Message);
        }
    }

    private static ImageChoice Of(string reference) =>
        new(new EnvironmentSpec(EnvironmentSpec.ImageKind, reference, reference[(reference.LastIndexOf(':') + 1)..]), null);
}
