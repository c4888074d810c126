using Tenfold.App.Targets;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;
using Tenfold.Projects;

namespace Tenfold.App.Infrastructure;

/// <summary>Which stack a user means. What is null comes from the project's targets, or has the default of AWS's tools.</summary>
/// <param name="On">The target in <c>tenfold.yaml</c> that uses the stack.</param>
/// <param name="Region">The region.</param>
/// <param name="Stack">The stack's name.</param>
public sealed record StackPlace(string? On, string? Region, string? Stack)
{
    /// <summary>Finds the stack that is meant.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="folder">The folder whose project has the targets.</param>
    /// <returns>The stack, which need not exist; or a refusal: no such target, several stacks, no region, or a wrong name.</returns>
    public Outcome<AwsStack> Resolve(Services services, string folder)
    {
        if (!TargetsOf(services, folder).Succeeded(out var targets, out var refusal)) return refusal;
        if (On is not null)
        {
            if (!targets.TryGetValue(On, out var named)) return Refusal.BadInput($"--on {On}: the project has no such target");
            if (!IsOnAws(named)) return Refusal.BadInput($"--on {On}: a target of the kind {named.Kind} uses no AWS stack");
            targets = new Dictionary<string, TargetSettings> { [On] = named };
        }

        var places = targets.Values.Where(IsOnAws)
            .Select(target => (Region: Region ?? target.Text("region"), Stack: Stack ?? target.Text("stack") ?? AwsStack.DefaultName))
            .Distinct().ToList();
        if (places.Count > 1)
        {
            var names = string.Join(", ", targets.Where(target => IsOnAws(target.Value)).Select(target => target.Key));
            return Refusal.BadInput(
                $"the project's targets use several stacks: name one with --on ({names}), or with --region and --stack");
        }

        var (region, stack) = places.Count == 1 ? places[0] : (Region, Stack ?? AwsStack.DefaultName);
        return AwsStack.NameFault(stack) is { } fault ? Refusal.BadInput($"the stack '{stack}': {fault}") : Open(services, region, stack);
    }

    // Every kind that runs on AWS declares both options.
    internal static bool IsOnAws(TargetSettings target) =>
        TargetKinds.Declarations.FirstOrDefault(kind => kind.Kind == target.Kind) is { } kind
        && kind.Options.Any(option => option.Key == "stack") && kind.Options.Any(option => option.Key == "region");

    private static Outcome<AwsStack> Open(Services services, string? region, string stack)
    {
        try
        {
            return new AwsStack(stack, new AwsOptions { Region = region }, services.Time);
        }
        catch (AwsException e)
        {
            return Refusal.BadInput($"{e.Message}; or name one: --region");
        }
    }

    private static Outcome<IReadOnlyDictionary<string, TargetSettings>> TargetsOf(Services services, string folder)
    {
        if (ProjectFinder.Find(folder) is not { } file)
            return Outcome.Of<IReadOnlyDictionary<string, TargetSettings>>(new Dictionary<string, TargetSettings>());
        return services.Projects.Open(Path.GetDirectoryName(file)!).ToOutcome().Match(
            located => Outcome.Of(located.Project.Targets), refusal => refusal);
    }
}
