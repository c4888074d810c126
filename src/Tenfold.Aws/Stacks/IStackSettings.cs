using Tenfold.Aws.CloudFormation;

namespace Tenfold.Aws.Stacks;

/// <summary>What a stack is made with: a template of <c>infra/</c>, and its parameters.</summary>
public interface IStackSettings
{
    /// <summary>The template.</summary>
    string ReadTemplate();

    /// <summary>
    /// Every parameter of the template, under its name there. Null means: as the stack has it now; for a new stack, the template's default.
    /// </summary>
    /// <param name="region">The stack's region.</param>
    IReadOnlyDictionary<string, string?> Given(string region);
}

/// <summary>Turns settings into the parameters of a change set.</summary>
internal static class StackParameters
{
    /// <summary>The parameters for a change set.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="region">The stack's region.</param>
    /// <param name="present">The names of the parameters that the stack has; empty for a new stack.</param>
    public static IReadOnlyList<StackParameter> ToParameters(this IStackSettings settings, string region, IEnumerable<string> present)
    {
        var all = settings.Given(region);
        var given = all.Where(parameter => parameter.Value is not null)
            .Select(parameter => new StackParameter(parameter.Key) { ParameterValue = parameter.Value }).ToList();
        // A parameter that an earlier template had and this one has not would make the request invalid.
        var kept = present.Intersect(all.Keys).Except(given.Select(parameter => parameter.ParameterKey))
            .Select(name => new StackParameter(name) { UsePreviousValue = true });
        return [.. given, .. kept];
    }
}
