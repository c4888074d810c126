using Tenfold.Projects.Keys;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Tests;

public sealed class Documented_examples_are_valid
{
    [Fact]
    public void The_example_of_each_key_is_valid()
    {
        var seen = 0;
        Visit(ProjectKeys.Root(Samples.Kinds), field =>
        {
            seen++;
            var faults = new FaultList("example");
            field.Read(((MapNode)new TreeBuilder($"{field.Key}: {field.Example}\n", faults).Build()!).Entries[0].Value, faults);
            faults.InOrder().ShouldBeEmpty(field.Key);
        });
        seen.ShouldBeGreaterThan(60);
    }

    private static void Visit(Shape shape, Action<Field> use)
    {
        foreach (var field in shape.Fields)
        {
            use(field);
            Visit(field.Shape, use);
        }

        foreach (var (_, part) in shape.Parts) Visit(part, use);
    }
}
