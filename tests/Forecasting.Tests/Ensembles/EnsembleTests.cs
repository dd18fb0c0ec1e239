using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Ensembles;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Ensembles;

public sealed class EnsembleTests
{
    // As requests that name none.
    private const double MinConfidence = 0.3;

    private static readonly EnsembleMember Bull = Member("BTC_best", [0.1, 0.2, 0.7], 0.6);
    private static readonly EnsembleMember Bear = Member("BTC_v1", [0.5, 0.3, 0.2], 0.4);
    private static readonly EnsembleMember Flat = Member("BTC_v2", [0.2, 0.5, 0.3], 0.5);

    [Fact]
    public void WeightedAverage_WeighsByAccuracy()
    {
        var (outlook, metadata) = Ensemble.Combine([Bull, Bear], EnsembleMethod.WeightedAverage, MinConfidence);

        Assert.Equal(EnsembleMethod.WeightedAverage, metadata.Method);
        Assert.Equal(2, metadata.ModelsUsed);
        Assert.Equal(["BTC_best", "BTC_v1"], metadata.ModelNames);
        Assert.Equal([0.6, 0.4], metadata.Weights);
        Assert.Equal([0.7, 0.5], metadata.IndividualConfidences);
        Assert.Equal([0.26, 0.24, 0.5], metadata.CombinedProbabilities);
        Assert.Equal(Direction.Bullish, outlook.Direction);
        Assert.Equal(0.5, outlook.ConfidenceScore, 1e-15);
        Assert.Null(metadata.Vote);
        Assert.Null(metadata.Selection);
    }

    [Theory]
    [InlineData(null, null, 0.5, 0.5)]
    [InlineData(0.0, 0.0, 0.5, 0.5)]
    [InlineData(0.0, null, 0.5, 0.5)]
    [InlineData(0.6, null, 0.5, 0.5)]
    [InlineData(0.6, double.NaN, 0.5, 0.5)]
    [InlineData(0.6, -1.0, 0.5, 0.5)]
    [InlineData(0.6, 60.0, 0.5, 0.5)]
    [InlineData(0.6, 0.0, 1, 0)]
    public void UnusableAccuracy_CountsAsTheMeanOfTheOthers(double? first, double? second, double firstWeight, double secondWeight)
    {
        var members = new[] { Bull with { Accuracy = first }, Bear with { Accuracy = second } };

        Assert.Equal([firstWeight, secondWeight], Ensemble.Combine(members, EnsembleMethod.WeightedAverage, MinConfidence).Metadata.Weights);
    }

    [Fact]
    public void OneAccuracyMissingOfThree_CountsAsTheMeanOfTheTwo()
    {
        var metadata = Ensemble.Combine([Bull, Bear, Flat with { Accuracy = null }], EnsembleMethod.WeightedAverage, MinConfidence).Metadata;

        Assert.Equal([0.4, 0.266667, 0.333333], metadata.Weights);
    }

    [Fact]
    public void MajorityVoting_FollowsTheMostVotes()
    {
        var (weakBull, sureBear) = (Member("BTC_v2", [0.2, 0.2, 0.6], 0.1), Member("BTC_v3", [0.9, 0.05, 0.05], 0.9));

        var (outlook, metadata) = Ensemble.Combine([Bear, Bull, weakBull, sureBear, Bull], EnsembleMethod.MajorityVoting, MinConfidence);


        Assert.Equal(Direction.Bullish, outlook.Direction);
        Assert.Equal(0.6 * (0.7 + 0.6 + 0.7) / 3, outlook.ConfidenceScore, 1e-15);
        Assert.Equal([2, 0, 3], metadata.Vote!.Counts);
        Assert.Equal(0.6, metadata.Vote.Ratio);
        Assert.Equal([Direction.Bearish, Direction.Bullish, Direction.Bullish, Direction.Bearish, Direction.Bullish], metadata.Vote.Directions);
        Assert.Equal([0.2, 0.2, 0.2, 0.2, 0.2], metadata.Weights);
        Assert.Equal([0.36, 0.19, 0.45], metadata.CombinedProbabilities);
    }

    [Fact]
    public void TiedVote_GoesToTheMoreConfident_ThenToTheFirst()
    {
        var sureBear = Member("sure", [0.7, 0.2, 0.1], 0.5);

        Assert.Equal(Direction.Bullish, Direct(Bear, Flat, Bull));
        Assert.Equal(Direction.Bullish, Direct(Bull, sureBear));
        Assert.Equal(Direction.Bearish, Direct(sureBear, Bull));

        static Direction Direct(params EnsembleMember[] members) => Ensemble.Combine(members, EnsembleMethod.MajorityVoting, MinConfidence).Outlook.Direction;
    }

    [Fact]
    public void MaxConfidence_TakesTheFirstOfTheMostConfident()
    {
        var (outlook, metadata) = Ensemble.Combine([Bear, Bull, Member("late", [0.7, 0.2, 0.1], 0.9)], EnsembleMethod.MaxConfidence, MinConfidence);

        Assert.Same(Bull.Outlook, outlook);
        Assert.Equal(EnsembleMethod.MaxConfidence, metadata.Method);
        Assert.Equal("BTC_best", metadata.Selection!.Model);
        Assert.Equal(0.7, metadata.Selection.Confidence);
        Assert.Equal([0.5, 0.7, 0.7], metadata.Selection.AllConfidences);
        Assert.Equal([0.0, 1.0, 0.0], metadata.Weights);
        Assert.Equal([0.1, 0.2, 0.7], metadata.CombinedProbabilities);
    }

    [Fact]
    public void WeakMembers_AreDropped_UnlessAllAreWeak()
    {
        Assert.Equal(["BTC_best", "BTC_v1"], Names(0.5, Bull, Bear, Member("weak", [0.3, 0.3, 0.4], 1)));
        Assert.Equal(["BTC_best", "BTC_v1"], Names(0.9, Bull, Bear));

        static IReadOnlyList<string> Names(double minConfidence, params EnsembleMember[] members) =>
            Ensemble.Combine(members, EnsembleMethod.MajorityVoting, minConfidence).Metadata.ModelNames;
    }

    [Theory]
    [InlineData(EnsembleMethod.WeightedAverage)]
    [InlineData(EnsembleMethod.MajorityVoting)]
    [InlineData(EnsembleMethod.MaxConfidence)]
    public void OneMemberLeft_SpeaksAlone(EnsembleMethod method)
    {
        var (outlook, metadata) = Ensemble.Combine([Bear, Bull], method, minConfidence: 0.6);

        Assert.Same(Bull.Outlook, outlook);
        Assert.Equal(EnsembleMethod.SingleModel, metadata.Method);
        Assert.Equal(1, metadata.ModelsUsed);
        Assert.Equal([1.0], metadata.Weights);
        Assert.Equal([0.1, 0.2, 0.7], metadata.CombinedProbabilities);
    }

    [Fact]
    public void NoMembersOrNoMethod_Throws()
    {
        Assert.Throws<ArgumentException>(() => Ensemble.Combine([], EnsembleMethod.MaxConfidence, MinConfidence));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ensemble.Combine([Bull], EnsembleMethod.SingleModel, MinConfidence));
    }

    [Fact]
    public void AnyMembers_CombineToProbabilitiesThatSumToOne()
    {
        var member = from a in Gen.Choose(1, 1000)
                     from b in Gen.Choose(1, 1000)
                     from c in Gen.Choose(1, 1000)
                     from accuracy in Gen.Elements<double?>(null, 0, 0.2, 0.7, double.NaN)
                     let sum = (double)(a + b + c)
                     select Member("m", [a / sum, b / sum, c / sum], accuracy);
        var inputs = from count in Gen.Choose(1, 8)
                     from members in Gen.ArrayOf(member, count)
                     from method in Gen.Elements(EnsembleMethod.WeightedAverage, EnsembleMethod.MajorityVoting, EnsembleMethod.MaxConfidence)
                     from minimum in Gen.Elements(0, 0.3, 0.5, 1)
                     select (members, method, minimum);

        Prop.ForAll(Arb.From(inputs), input =>
        {
            var (outlook, metadata) = Ensemble.Combine(input.members, input.method, input.minimum);
            return Math.Abs(outlook.Probabilities.Sum() - 1) < 1e-12
                && Math.Abs(metadata.Weights.Sum() - 1) < 1e-5
                && outlook.ConfidenceScore > 0 && outlook.ConfidenceScore <= 1
                && metadata.Weights.Count == metadata.ModelsUsed && metadata.IndividualConfidences.Count == metadata.ModelsUsed;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void AverageOfFrequencies_IsOne_WhereNoMemberHasAPart(bool second, bool expected)
    {
        EnsembleMember Of(string name, bool isFrequencies) => new(name, Outlook.Of([0.2, 0.3, 0.5]) with { FromFrequencies = isFrequencies }, null);

        Assert.Equal(expected, Ensemble.Combine([Of("a", true), Of("b", second)], EnsembleMethod.WeightedAverage, 0).Outlook.FromFrequencies);
    }

    private static EnsembleMember Member(string name, double[] probabilities, double? accuracy) => new(name, Outlook.Of(probabilities), accuracy);
}
