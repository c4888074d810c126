using System.Text;
using System.Text.Json;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class A_notebook_is_checked_before_it_runs
{
    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"kernelspec":{"display_name":"Python 3","language":"python","name":"python3"}}""")]
    [InlineData("""{"kernelspec":{"display_name":"Synapse PySpark","language":"Python","name":"synapse_pyspark"}}""")]
    [InlineData("""{"kernelspec":{"display_name":"PySpark","language":"","name":"python3"},"language_info":{"name":"pyspark"}}""")]
    [InlineData("""{"kernelspec":{"display_name":"P","language":"python3","name":"python3"}}""")]
    [InlineData("""{"kernelspec":{"language":"ipython","name":"x"}}""")]
    [InlineData("""{"kernelspec":{"language":"Python 3.11","name":"x"}}""")]
    [InlineData("""{"kernelspec":{"name":"conda-env-ml-py"}}""")]
    [InlineData("""{"kernelspec":{"name":"my-env","display_name":"Python (my env)"}}""")]
    [InlineData("""{"language_info":{"name":"","file_extension":".py"}}""")]
    [InlineData("""{"kernelspec":{"language":"Foo"},"language_info":{"name":"Foo","file_extension":".py"}}""")]
    [InlineData("""{"kernelspec":{"language":"R","name":"ir"},"language_info":{"name":"python"}}""")]
    public void Python_is_recognised_by_all_of_its_names(string metadata) => Parse(metadata).OtherLanguage.ShouldBeNull();

    [Theory]
    [InlineData("""{"kernelspec":{"language":"R","name":"ir"}}""", "R")]
    [InlineData("""{"language_info":{"name":"julia","file_extension":".jl"}}""", "julia")]
    [InlineData("""{"kernelspec":{"name":"julia-1.10"}}""", "julia-1.10")]
    [InlineData("""{"kernelspec":{"language":"C++17","name":"xcpp17"}}""", "C++17")]
    [InlineData("""{"kernelspec":{"language":"Foo","name":"foo"}}""", "Foo")]
    [InlineData("""{"kernelspec":{"name":"foo"},"language_info":{"file_extension":".foo"}}""", ".foo")]
    public void Parameters_of_another_language_are_refused(string metadata, string language)
    {
        var notebook = Parse(metadata);
        notebook.OtherLanguage.ShouldBe(language);
        NotebookChecks.Faults("n.ipynb", notebook, ["lr"]).ShouldHaveSingleItem().ShouldContain(language);
        NotebookChecks.Faults("n.ipynb", notebook, []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("learning-rate", "learning_rate")]
    [InlineData("optimizer.lr", "optimizer_lr")]
    [InlineData("lambda", "word of Python")]
    [InlineData("None", "word of Python")]
    [InlineData("print", "Python's own print")]
    [InlineData("display", "Python's own display")]
    public void A_name_that_Python_cannot_use_is_refused(string name, string words) =>
        NotebookChecks.Faults("n.ipynb", Parse("{}", ("lr = 1", true)), ["lr", name]).ShouldHaveSingleItem().ShouldContain(words);

    [Theory]
    [InlineData("lr")]
    [InlineData("_x1")]
    [InlineData("match")]
    [InlineData("type")]
    public void Other_names_are_accepted(string name) =>
        NotebookChecks.Faults("n.ipynb", Parse("{}", ("type = 'resnet'", true)), [name]).ShouldBeEmpty();

    [Theory]
    [InlineData("lr = 1.0")]
    [InlineData("lr=1.0; bs = 3")]
    [InlineData("bs = 3; lr = 1")]
    [InlineData("lr: float = 1e-3  # rate")]
    [InlineData("bs, lr = 3, 1.0")]
    [InlineData("lr, bs = 3, 1.0")]
    [InlineData("other = lr = 1")]
    [InlineData("import os\n\nlr = float(os.environ.get('LR', 1))")]
    public void A_name_that_the_tagged_cell_sets_is_accepted(string source) =>
        NotebookChecks.Warnings("n.ipynb", Parse("{}", (source, true)), ["lr"]).ShouldBeEmpty();

    [Theory]
    [InlineData("learning_rate = 1.0")]
    [InlineData("# lr = 1")]
    [InlineData("x.lr = 1")]
    [InlineData("print(lr == 1)")]
    [InlineData("my_lr = 1")]
    public void A_name_that_the_tagged_cell_does_not_set_is_reported(string source) =>
        NotebookChecks.Warnings("n.ipynb", Parse("{}", (source, true)), ["lr"])
            .ShouldBe([new Warning.ParametersUndeclared("n.ipynb", ["lr"])]);

    [Theory]
    [InlineData("lr = 1.0", true)]
    [InlineData("lr = 'a' # x", true)]
    [InlineData("lr: float = -1e-3", true)]
    [InlineData("lr = [1, 2]", true)]
    [InlineData("lr = lr * 2", false)]
    [InlineData("lr == 1", false)]
    [InlineData("print(lr)", false)]
    public void A_missing_tagged_cell_is_a_warning_that_names_overwritten_parameters(string source, bool isOverwritten) =>
        NotebookChecks.Warnings("n.ipynb", Parse("{}", (source, false)), ["lr"])
            .ShouldBe([new Warning.ParametersUntagged("n.ipynb", isOverwritten ? ["lr"] : [])]);

    [Fact]
    public void There_is_no_warning_without_parameters() =>
        NotebookChecks.Warnings("n.ipynb", Parse("{}", ("lr = 1", false)), []).ShouldBeEmpty();

    private static NotebookFile Parse(string metadata, params (string Source, bool IsTagged)[] cells)
    {
        var list = cells.Select(cell =>
            $$"""
            {"cell_type":"code","metadata":{"tags":[{{(cell.IsTagged ? "\"parameters\"" : "")}}]},
             "source":{{JsonSerializer.Serialize(cell.Source)}} }
            """);
        return NotebookFile.Parse(
            Encoding.UTF8.GetBytes($$"""{"nbformat":4,"nbformat_minor":4,"metadata":{{metadata}},"cells":[{{string.Join(',', list)}}]}"""));
    }
}
