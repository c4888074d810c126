using System.Text.Json.Serialization;

namespace Tenfold.App.Views;

/// <summary>Writes views as JSON, indented, with names in camel case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<RunView>))]
[JsonSerializable(typeof(IReadOnlyList<GroupResultView>))]
[JsonSerializable(typeof(RunResultView))]
[JsonSerializable(typeof(CompareView))]
[JsonSerializable(typeof(AcrossView))]
[JsonSerializable(typeof(CostView))]
[JsonSerializable(typeof(IReadOnlyList<TargetView>))]
[JsonSerializable(typeof(IReadOnlyList<CheckView>))]
[JsonSerializable(typeof(FeedbackView))]
[JsonSerializable(typeof(FetchView))]
[JsonSerializable(typeof(IReadOnlyList<KeyView>))]
[JsonSerializable(typeof(IReadOnlyList<GarbageView>))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(ImportView))]
[JsonSerializable(typeof(AddressesView))]
[JsonSerializable(typeof(ChangedView))]
[JsonSerializable(typeof(StudyView))]
[JsonSerializable(typeof(IReadOnlyList<StudyView>))]
[JsonSerializable(typeof(StudyResultView))]
[JsonSerializable(typeof(StudyProgressView))]
[JsonSerializable(typeof(TrialView))]
[JsonSerializable(typeof(BestView))]
[JsonSerializable(typeof(ToldView))]
[JsonSerializable(typeof(PruningAdviceView))]
[JsonSerializable(typeof(ImageView))]
[JsonSerializable(typeof(DriftView))]
[JsonSerializable(typeof(ExperimentView))]
[JsonSerializable(typeof(ExperimentStatusView))]
[JsonSerializable(typeof(StackPlanView))]
[JsonSerializable(typeof(StackEndView))]
[JsonSerializable(typeof(StackView))]
[JsonSerializable(typeof(IReadOnlyList<RuleView>))]
[JsonSerializable(typeof(IReadOnlyList<VersionView>))]
[JsonSerializable(typeof(DeployView))]
[JsonSerializable(typeof(RouteView))]
[JsonSerializable(typeof(PoolView))]
[JsonSerializable(typeof(IReadOnlyList<WaitingRunView>))]
[JsonSerializable(typeof(MovedGroupView))]
[JsonSerializable(typeof(IReadOnlyList<DeliveryView>))]
[JsonSerializable(typeof(IReadOnlyList<ScheduleView>))]
[JsonSerializable(typeof(IReadOnlyList<ServerKeyView>))]
[JsonSerializable(typeof(AddedKeyView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(IdView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(GroupResultView))]
[JsonSerializable(typeof(IReadOnlyList<MetricSeriesView>))]
[JsonSerializable(typeof(ChangeView))]
public sealed partial class ViewJson : JsonSerializerContext;

/// <summary>Writes the views that take one line each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogView))]
public sealed partial class LineJson : JsonSerializerContext;
