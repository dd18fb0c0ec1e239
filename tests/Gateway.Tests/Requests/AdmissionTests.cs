using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

public class AdmissionTests
{
    private const string One = "10.0.0.1";

    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly Admission _admission;
    private int _waiting;
    private double _served;

    public AdmissionTests() => _admission = new Admission(_time);

    [Fact]
    public void LargestBatchOnAnIdleService_IsLetIn() => Assert.Equal(RequestRules.MaxBatch, Ask(RequestRules.MaxBatch, FiveSeconds));

    [Fact]
    public void CrowdWhoseRateIsNotKnown_IsBounded() => Assert.Equal(Admission.WhileUnknown, Ask(10_000, FiveSeconds));

    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(4_000)]
    public void Overload_LetsInWhatIsAnsweredWithinHalfOfTheTime(int perSecond)
    {
        Run(TimeSpan.FromSeconds(10), perSecond, asked: 10 * perSecond);
        var most = perSecond * FiveSeconds.TotalSeconds / 2;
        Assert.InRange(_waiting, 0.8 * most, 1.05 * most);
        var refusal = _admission.Enter(One, FiveSeconds);
        Assert.Equal(RefusalReason.Overloaded, refusal!.Reason);
        Assert.Contains($"{_waiting} requests already wait", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryCallersOwnTime_Counts()
    {
        Run(TimeSpan.FromSeconds(5), perSecond: 100, asked: 1_000);
        Assert.Equal(0, Ask(1, TimeSpan.FromMilliseconds(100)));
        Assert.Equal(0, Ask(1, FiveSeconds));
        Assert.Equal(1, Ask(1, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void LoadThatIsAnsweredInTime_IsNeverRefused()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(64 - _waiting, Ask(64 - _waiting, FiveSeconds));
            Pass(perSecond: 300);
        }
    }

    [Fact]
    public void WorkersThatAreGone_LeaveAFewQuestionsThatFindOutWhenTheyAreBack()
    {
        Run(TimeSpan.FromSeconds(5), perSecond: 500, asked: 5_000);
        Run(TimeSpan.FromSeconds(2), perSecond: 0, asked: 5_000);
        for (; _waiting > Admission.Always; _waiting--)
        {
            _admission.Leave(One, isAnswered: false);
        }

        Assert.Equal(0, Ask(100, FiveSeconds));
        _admission.Leave(One, isAnswered: false);
        _waiting--;
        Assert.Equal(1, Ask(1, FiveSeconds));

        Run(TimeSpan.FromSeconds(1), perSecond: 500, asked: 5_000);
        Assert.True(_waiting > 300, $"{_waiting} wait");
    }

    [Fact]
    public void AfterAPause_TheRateIsFoundOutAnew()
    {
        Run(TimeSpan.FromSeconds(5), perSecond: 10, asked: 1_000);
        Assert.Equal(0, Ask(RequestRules.MaxBatch, FiveSeconds));
        for (; _waiting > 0; _waiting--)
        {
            _admission.Leave(One, isAnswered: true);
        }

        Assert.Equal(RequestRules.MaxBatch, Ask(RequestRules.MaxBatch, FiveSeconds));
    }

    [Fact]
    public void CallerWithFewQuestions_IsLetInBesideOneWhoseQueueIsFull()
    {
        Run(TimeSpan.FromSeconds(10), perSecond: 100, asked: 1_000);
        Assert.NotNull(_admission.Enter(One, FiveSeconds));
        var entered = Enumerable.Range(0, 1_000).TakeWhile(_ => _admission.Enter("10.0.0.2", FiveSeconds) is null).Count();
        // Both have half of what is answered meanwhile.
        Assert.InRange(entered, 100, 130);
    }

    /// <summary>How many of so many are let in.</summary>
    private int Ask(int count, TimeSpan left)
    {
        var entered = Enumerable.Range(0, count).Count(_ => _admission.Enter(One, left) is null);
        _waiting += entered;
        return entered;
    }

    private void Run(TimeSpan duration, double perSecond, double asked)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += Step)
        {
            Ask((int)(asked * Step.TotalSeconds), FiveSeconds);
            Pass(perSecond);
        }
    }

    private static TimeSpan Step { get; } = TimeSpan.FromMilliseconds(10);

    private void Pass(double perSecond)
    {
        _time.Advance(Step);
        for (_served += perSecond * Step.TotalSeconds; _served >= 1; _served--)
        {
            if (_waiting > 0)
            {
                _admission.Leave(One, isAnswered: true);
                _waiting--;
            }
        }
    }
}
