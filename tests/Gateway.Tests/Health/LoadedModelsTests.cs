using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Health;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Health;

public class LoadedModelsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LoadedModels _models;

    public LoadedModelsTests() => _models = new LoadedModels(_time);

    [Fact]
    public void NoReport_IsNoWorkerAndNoModel() => Assert.Equal((false, 0), (_models.AnyWorker, _models.Count));

    [Fact]
    public void ModelsOfSeveralWorkers_CountOnce()
    {
        _models.Report(new ModelsReported("a", ["BTC", "ETH"]));
        _models.Report(new ModelsReported("b", ["ETH", "SOL"]));
        Assert.Equal((true, 3), (_models.AnyWorker, _models.Count));
    }

    [Fact]
    public void LaterReport_TakesTheEarlierOnesPlace()
    {
        _models.Report(new ModelsReported("a", ["BTC", "ETH"]));
        _models.Report(new ModelsReported("a", []));
        Assert.Equal((true, 0), (_models.AnyWorker, _models.Count));
    }

    [Fact]
    public void WorkerSilentForFourReports_CountsNoMore()
    {
        _models.Report(new ModelsReported("a", ["BTC"]));
        _time.Advance(3 * ModelsReported.Interval);
        _models.Report(new ModelsReported("b", ["ETH"]));
        Assert.Equal((true, 2), (_models.AnyWorker, _models.Count));
        _time.Advance(ModelsReported.Interval);
        Assert.Equal((true, 1), (_models.AnyWorker, _models.Count));
        _time.Advance(3 * ModelsReported.Interval);
        Assert.Equal((false, 0), (_models.AnyWorker, _models.Count));
    }

    [Fact]
    public void WorkerThatAnswered_IsThereForFourReports()
    {
        Assert.False(_models.HasAnswered);
        _models.Answered();
        Assert.True(_models.HasAnswered);
        _time.Advance(3 * ModelsReported.Interval);
        Assert.Equal((true, 0), (_models.AnyWorker, _models.Count));
        _time.Advance(ModelsReported.Interval);
        Assert.Equal((false, 0), (_models.AnyWorker, _models.Count));
    }

    [Fact]
    public void ReasonOfOneWorker_IsANoteWhileAnotherAnswers()
    {
        _models.Report(new ModelsReported("a", [], ["database: away"], ["clock: 2 s ahead"]));
        Assert.Equal(["database: away"], _models.Reasons);

        _models.Report(new ModelsReported("b", [], [], ["clock: 2 s ahead"]));
        Assert.Empty(_models.Reasons);
        Assert.Equal(new Dictionary<string, int> { ["clock: 2 s ahead"] = 2, ["database: away"] = 1 }, _models.Notes);
    }

    [Fact]
    public void WorkerOfAnEarlierRelease_HasNeitherReasonsNorNotes()
    {
        _models.Report(new ModelsReported("a", ["BTC"]));
        Assert.Equal((0, 0), (_models.Reasons.Count, _models.Notes.Count));
    }

    [Fact]
    public void Torch_IsThereWhileAWorkerReportsThatItComputes()
    {
        _models.Report(new ModelsReported("earlier", ["BTC"]));
        _models.Report(new ModelsReported("a", ["BTC"], [], [], "managed"));
        Assert.False(_models.AnyTorch);

        _models.Report(new ModelsReported("b", ["BTC"], [], [], "torch"));
        Assert.True(_models.AnyTorch);

        _time.Advance(4 * ModelsReported.Interval);
        Assert.False(_models.AnyTorch);
    }
}
