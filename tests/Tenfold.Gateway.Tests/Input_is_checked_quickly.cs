using System.Text;
using System.Text.Json;
using Json.Schema;
using Tenfold.Gateway.Protocol;

namespace Tenfold.Gateway.Tests;

public sealed class Input_is_checked_quickly
{
    private static readonly string[] Schemas =
    [
        """{"type":"object","properties":{"a":{"type":"number","minimum":0,"maximum":0.3},"b":{"type":"integer"}},"required":["a"]}""",
        """{"type":"object","properties":{"a":{"type":"array","items":{"type":"number"},"minItems":1,"maxItems":2},"b":{"type":"boolean"}},"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"array","items":{"type":"string"}}},"required":["a","b"]}""",
    ];

    private static readonly string[] Values =
    [
        "0", "0.1", "0.3", "0.30000000000000000001", "-0.00000000000000000000000001", "1e400", "1.0", "7", "1e3",
        "99999999999999999999", "true", "null", "\"x\"", "\"\\ud800\"", "\"é\"", "[]", "[1]", "[1,2]", "[1,2,3]", "[1,\"x\"]",
        "[\"x\"]", "[[1]]", "{}", "{\"a\":1}", "[1,", "\"", "01", "+1", "nul",
    ];

    // The quick check may only accept, and only what the full validator accepts too.
    [Fact]
    public void The_quick_check_never_accepts_what_the_validator_refuses()
    {
        var accepted = 0;
        foreach (var text in Schemas)
        {
            using var document = JsonDocument.Parse(text);
            var quick = SimpleSchema.Compile(document.RootElement).ShouldNotBeNull();
            var full = JsonSchema.FromText(text, new BuildOptions { SchemaRegistry = new SchemaRegistry() });
            foreach (var body in Bodies())
            {
                if (!quick.Accepts(Encoding.UTF8.GetBytes(body))) continue;
                accepted++;
                using var parsed = JsonDocument.Parse(body);
                full.Evaluate(parsed.RootElement, new EvaluationOptions { RequireFormatValidation = true }).IsValid.ShouldBeTrue(body);
            }
        }

        accepted.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"number","multipleOf":2}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"type":"number"}}}""")]
    [InlineData("""{"type":"object","patternProperties":{"a":{"type":"number"}}}""")]
    [InlineData("""{"type":["object","null"]}""")]
    [InlineData("""{"type":"object","required":["b"]}""")]
    [InlineData("""{"type":"object","if":{"required":["a"]},"then":false}""")]
    [InlineData("true")]
    public void Other_schemas_are_left_to_the_validator(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        SimpleSchema.Compile(document.RootElement).ShouldBeNull();
        InputCheck.Parse(schema).Value().Check.ShouldNotBeNull().Find("{\"a\":[]}"u8.ToArray()).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"nonsense\"}")]
    [InlineData("{\"$ref\":\"http://example.org/other\"}")]
    [InlineData("{\"$ref\":\"#/nowhere\"}")]
    public void A_schema_that_is_none_is_refused(string schema) => InputCheck.Parse(schema).Refusal().Message.ShouldContain("schema");

    // Keywords that a weaker validator lets pass in silence.
    [Theory]
    [InlineData("""{"const":1}""", "2")]
    [InlineData("""{"prefixItems":[{"type":"number"}]}""", "[\"x\"]")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", "{\"a\":1}")]
    [InlineData("""{"properties":{"a":true},"unevaluatedProperties":false}""", "{\"b\":1}")]
    [InlineData("""{"format":"date"}""", "\"tomorrow\"")]
    public void Every_keyword_counts(string schema, string body) =>
        InputCheck.Parse(schema).Value().Check!.Find(Encoding.UTF8.GetBytes(body)).ShouldNotBeEmpty();

    // The gateway could check the first and the model read the last.
    [Theory]
    [InlineData("""{"a":0.1,"a":-1}""")]
    [InlineData("""{"a":-1,"a":0.1}""")]
    [InlineData("""{"a":0.1,"\u0061":"x"}""")]
    [InlineData("""{"a":0.1,"c":{"d":1,"d":2}}""")]
    public void A_member_that_occurs_twice_is_refused(string body) =>
        InputCheck.Parse(Schemas[0]).Value().Check!.Find(Encoding.UTF8.GetBytes(body)).ShouldHaveSingleItem()
            .ShouldBe(new InputFault("", "duplicate", "a member occurs twice in the body"));

    private static IEnumerable<string> Bodies()
    {
        foreach (var value in Values)
        {
            yield return value;
            yield return $"{{\"a\":{value}}}";
            yield return $"{{\"a\":{value}}} ";
            yield return $"{{\"a\":{value}}}x";
            yield return $"{{\"a\":0.2,\"a\":{value}}}";
            yield return $"{{\"\\u0061\":{value}}}";
            foreach (var other in Values)
            {
                yield return $"{{\"a\":{value},\"b\":{other}}}";
                yield return $"{{\"a\":{value},\"c\":{other}}}";
            }
        }
    }
}
