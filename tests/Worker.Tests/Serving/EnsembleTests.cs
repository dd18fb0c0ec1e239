using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>Three checkpoints of different widths over one series, combined by hand from what each answers alone.</summary>
public sealed class EnsembleTests : IAsyncLifetime
{
    private static readonly string[] Directions = ["bearish", "neutral", "bullish"];

    // ALPHA has no metadata and goes by its validation accuracy; the metadata of the others say what they had in tests.
    private static readonly double[] Accuracies = [1 / 29.0, 0.4375, 0.4375];

    private static readonly string[] Members = ["BTC_best", "BTC_v1", "BTC_v2"];

    private TestWorker _worker = null!;
    private double[][] _alone = null!;

    public async ValueTask InitializeAsync()
    {
        string[] goldens = [Golden.Alpha, Golden.Charlie, Golden.Delta];
        var prices = Golden.PriceLines(Golden.Charlie);
        var folder = goldens.Aggregate(new TestFolder(), (made, golden) => made.WithModel($"{golden}_best.pth", golden).WithPrices(golden, prices))
            .WithPrices("BTC", prices);
        foreach (var (member, golden) in Members.Zip(goldens))
        {
            folder.WithModel(member + ".pth", golden);
        }

        _worker = await TestWorker.StartAsync(folder);

        _alone = new double[goldens.Length][];
        for (var i = 0; i < goldens.Length; i++)
        {
            var p = (await _worker.PredictAsync(goldens[i])).Prediction.Probabilities;
            _alone[i] = [p.Bearish, p.Neutral, p.Bullish];
        }
    }

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task WeightedAverage_WeighsByAccuracy()
    {
        var answer = await AskAsync("weighted_average");

        var weights = Accuracies.Select(accuracy => accuracy / Accuracies.Sum()).ToArray();
        AssertMembers(answer, "weighted_average", weights);
        AssertProbabilities(answer, Mix(weights));
        Assert.Equal("ensemble-v1.0.0", answer.ModelVersion);
    }

    [Theory]
    [InlineData("weighted_average")]
    [InlineData("majority_voting")]
    [InlineData("max_confidence")]
    public async Task Answer_SaysWhatMadeItAndWhichModelsAgree(string method)
    {
        var answer = await AskAsync(method);

        var alone = await _worker.PredictAsync("BTC");
        Assert.Equal(alone.InputsDigest, answer.InputsDigest);
        Assert.Equal(alone.Kernel, answer.Kernel);
        var agreeing = Members.Where((_, i) => Directions[Array.IndexOf(_alone[i], _alone[i].Max())] == answer.Prediction.Direction).ToArray();
        var sentence = agreeing.Length == 0
            ? $"None of 3 models predicts {answer.Prediction.Direction} alone: {string.Join(", ", Members)}. "
            : $"{agreeing.Length} of 3 models predict {answer.Prediction.Direction}: {string.Join(", ", agreeing)}. ";
        Assert.Contains(sentence, answer.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MajorityVoting_CountsVotes()
    {
        var answer = await AskAsync("majority_voting");

        var votes = _alone.Select(p => Array.IndexOf(p, p.Max())).ToArray();
        var winner = votes.GroupBy(vote => vote).MaxBy(party => (party.Count(), _alone.Where((_, i) => votes[i] == party.Key).Average(p => p.Max())))!;
        var confidence = _alone.Where((_, i) => votes[i] == winner.Key).Average(p => p.Max());
        var metadata = answer.EnsembleMetadata;
        AssertMembers(answer, "majority_voting", [1 / 3.0, 1 / 3.0, 1 / 3.0]);
        Assert.Equal(votes.Select(vote => Directions[vote]), metadata.IndividualDirections);
        Assert.Equal(Directions.Select((_, i) => votes.Count(vote => vote == i)), Directions.Select(direction => metadata.VoteCounts![direction]));
        Assert.Equal(winner.Count() / 3.0, metadata.VoteRatio!.Value, 0.0005);
        Assert.Equal(Directions[winner.Key], answer.Prediction.Direction);
        Assert.Equal(winner.Count() / 3.0 * confidence, answer.Prediction.ConfidenceScore, 0.00051);
    }

    [Fact]
    public async Task MaxConfidence_TakesTheMostConfident()
    {
        var answer = await AskAsync("max_confidence");

        var best = Array.IndexOf(_alone, _alone.MaxBy(p => p.Max()));
        var metadata = answer.EnsembleMetadata;
        AssertMembers(answer, "max_confidence", [.. _alone.Select((_, i) => i == best ? 1.0 : 0.0)]);
        AssertProbabilities(answer, _alone[best]);
        Assert.Equal(Members[best], metadata.SelectedModel);
        Assert.Equal(_alone[best].Max(), metadata.SelectedConfidence!.Value, 0.00051);
        Assert.Equal(metadata.IndividualConfidences, metadata.AllConfidences);
    }

    [Fact]
    public async Task MinConfidence_DropsTheWeakAndKeepsTheirRest()
    {
        var strongest = _alone.Max(p => p.Max());

        var answer = (await _worker.AskAsync(new EnsemblePredictRequested("BTC") { MinConfidence = strongest - 1e-5 })).Answer!;
        var all = (await _worker.AskAsync(new EnsemblePredictRequested("BTC") { MinConfidence = 1 })).Answer!;

        Assert.Equal(("single_model", 1), (answer.EnsembleMetadata.Method, answer.EnsembleMetadata.ModelsUsed));
        Assert.Equal(Members[Array.FindIndex(_alone, p => p.Max() == strongest)], Assert.Single(answer.EnsembleMetadata.ModelNames));
        Assert.Equal(3, all.EnsembleMetadata.ModelsUsed);
    }

    [Theory]
    [InlineData("weighted_average")]
    [InlineData("majority_voting")]
    [InlineData("max_confidence")]
    public async Task SingleMember_AnswersAsItself(string method)
    {
        var answer = (await _worker.AskAsync(new EnsemblePredictRequested(Golden.Charlie) { EnsembleMethod = method })).Answer!;

        Assert.Equal("single_model", answer.EnsembleMetadata.Method);
        Assert.Equal([1.0], answer.EnsembleMetadata.Weights);
        AssertProbabilities(answer, _alone[1]);
    }

    [Fact]
    public async Task Members_MakeTheDigestAndTheId()
    {
        var three = await AskAsync("weighted_average");
        _worker.Folder.DeleteModel("BTC_v2.pth");
        await _worker.RefreshAsync();
        var two = await AskAsync("weighted_average");

        Assert.Equal(2, two.EnsembleMetadata.ModelsUsed);
        Assert.NotEqual(three.ModelDigest, two.ModelDigest);
        Assert.NotEqual(three.PredictionId, two.PredictionId);
    }

    [Theory]
    [InlineData("average", 0.3, "ensemble_method")]
    [InlineData("weighted_average", -0.1, "min_confidence")]
    [InlineData("weighted_average", 1.1, "min_confidence")]
    public async Task WrongRequest_IsRefused(string method, double minConfidence, string named)
    {
        var refusal = (await _worker.AskAsync(new EnsemblePredictRequested("BTC") { EnsembleMethod = method, MinConfidence = minConfidence })).Refusal;

        Assert.Equal(RefusalReason.InvalidRequest, refusal?.Reason);
        Assert.Contains(named, refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoMember_IsNotTrained() =>
        Assert.Equal(RefusalReason.ModelNotTrained, (await _worker.AskAsync(new EnsemblePredictRequested("MATIC"))).Refusal?.Reason);

    private async Task<EnsembleAnswer> AskAsync(string method)
    {
        var result = await _worker.AskAsync(new EnsemblePredictRequested("BTC") { EnsembleMethod = method });
        Assert.Null(result.Refusal);
        return result.Answer!;
    }

    private double[] Mix(double[] weights) => [.. Enumerable.Range(0, 3).Select(c => weights.Zip(_alone, (weight, p) => weight * p[c]).Sum())];

    private void AssertMembers(EnsembleAnswer answer, string method, double[] weights)
    {
        var metadata = answer.EnsembleMetadata;
        Assert.Equal((method, 3), (metadata.Method, metadata.ModelsUsed));
        Assert.Equal(Members, metadata.ModelNames);
        Assert.Equal(weights, metadata.Weights, Near(1e-6));
        Assert.Equal(_alone.Select(p => Rounding.Decimals(p.Max(), 3)), metadata.IndividualConfidences, Near(0.0011));
    }

    // Each probability was rounded to 6 decimals before it was mixed here.
    private static void AssertProbabilities(EnsembleAnswer answer, double[] expected)
    {
        var p = answer.Prediction.Probabilities;
        Assert.Equal(expected, [p.Bearish, p.Neutral, p.Bullish], Near(1.5e-6));
        Assert.Equal(expected, answer.EnsembleMetadata.CombinedProbabilities, Near(1.5e-6));
    }

    private static Func<double, double, bool> Near(double tolerance) => (a, b) => Math.Abs(a - b) <= tolerance;
}
